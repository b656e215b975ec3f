import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparePostgres, startPostgres, type RunningPostgres } from '@fidelis/infra';
import { openPostgresReadModel } from '@fidelis/read-model';
import { PostgresTestClock, type ClockTables } from './postgres-test-clock';

const HOUR_MS = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

describe('the test clock of several processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-clock-'));
  let server: RunningPostgres;
  const ends: (() => Promise<void>)[] = [];

  const follower = async (): Promise<PostgresTestClock> => {
    const db = openPostgresReadModel<ClockTables>({ url: server.url, schema: 'bus' });
    const clock = await PostgresTestClock.open(db, () => undefined);
    ends.push(() => clock.close().then(() => db.destroy()));
    return clock;
  };

  beforeAll(async () => {
    await preparePostgres();
    server = await startPostgres({ folder });
  });

  afterAll(async () => {
    for (const end of ends) await end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is the system clock until somebody moves it; then all have the new time', async () => {
    const [one, other] = await Promise.all([follower(), follower()]);
    expect(Math.abs(Date.parse(one.now()) - Date.now())).toBeLessThan(1000);

    const past = inHours(-100 * 24);
    expect(await one.move(past, { anywhere: false })).toBe(false);
    expect(await one.move(past, { anywhere: true })).toBe(true);
    expect(other.now() >= past && other.now() < inHours(-99 * 24)).toBe(true);

    // Only the very first move may go back.
    expect(await other.move(inHours(-101 * 24), { anywhere: true })).toBe(false);
    const later = inHours(-50 * 24);
    expect(await other.move(later, { anywhere: false })).toBe(true);
    expect(one.now() >= later).toBe(true);
  });

  it('is told to whoever starts later', async () => {
    const late = await follower();
    expect(late.now() >= inHours(-50 * 24 - 1)).toBe(true);
    expect(late.now() < inHours(-49 * 24)).toBe(true);
  });
});
