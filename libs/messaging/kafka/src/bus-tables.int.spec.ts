import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { preparePostgres, startPostgres, type RunningPostgres } from '@fidelis/infra';
import type { DeadLetter } from '@fidelis/messaging';
import { notesPublisher } from '@fidelis/messaging-conformance';
import { openPostgresReadModel, openSqliteReadModel } from '@fidelis/read-model';
import { createBusTables, type BusTables } from './bus-tables';
import { DeadLetterTable } from './dead-letter-table';
import { registerRelays, RelayPosition, relaysOf } from './relay-positions';

const GROUP = 'reader.keep-notes';
const TOPIC = notesPublisher.topic;
const RELAY = 'notes:relay';

const folder = mkdtempSync(join(tmpdir(), 'fidelis-bus-tables-'));
let server: RunningPostgres | undefined;

beforeAll(async () => {
  await preparePostgres();
  server = await startPostgres({ folder });
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

describe.each([
  ['SQLite', () => openSqliteReadModel<BusTables>({ file: ':memory:' })],
  ['PostgreSQL', () => openPostgresReadModel<BusTables>({ url: server?.url ?? '', schema: 'bus' })],
])('the tables of the bus on %s', (_name, open) => {
  let db: Kysely<BusTables>;

  beforeAll(async () => {
    db = open();
    await Promise.all([createBusTables(db), createBusTables(db)]);
    await registerRelays(db, [{ name: RELAY, publisher: notesPublisher }]);
  });
  afterAll(() => db.destroy());

  it('keep letters in order, with their bytes, until they are erased', async () => {
    const table = new DeadLetterTable(db, () => Promise.resolve());
    for (const id of ['c', 'a', 'b']) await table.put(letter(id));
    await table.put({ ...letter('a'), attempts: 2 });

    expect((await table.list({ limit: 2 })).map(({ id }) => id)).toEqual(['c', 'a']);
    expect((await table.list({ after: 'a', limit: 2 })).map(({ id }) => id)).toEqual(['b']);
    expect(await table.get('a')).toEqual({
      ...letter('a'),
      attempts: 2,
      bytes: Buffer.from([0, 255]),
    });
    expect(await table.erasePayloadsBefore('2026-11-22T10:00:00.001Z')).toBe(3);
    expect((await table.get('a'))?.bytes).toBeUndefined();
    expect([await table.remove('a'), await table.remove('a')]).toEqual([true, false]);
    expect(await table.count({ group: GROUP })).toBe(2);
  });

  it('keep what a person wants tried again, until it failed once more', async () => {
    const table = new DeadLetterTable(db, () => Promise.resolve());
    await table.put(letter('d'));
    await table.askRetry('d', '2026-11-22T11:00:00.000Z');
    expect(await table.askedOf([GROUP], 9)).toEqual([
      { id: 'd', group: GROUP, topic: TOPIC, position: '3:17' },
    ]);
    expect(await table.askedOf(['someone.else'], 9)).toEqual([]);
    await table.put({ ...letter('d'), attempts: 2 });
    expect(await table.askedOf([GROUP], 9)).toEqual([]);
  });

  it('end a relay when a younger one begins, and never go back', async () => {
    const [old, young] = [new RelayPosition(db, () => false), new RelayPosition(db, () => false)];
    expect(await old.load(RELAY)).toBe(-1);
    await old.save(RELAY, 10);
    expect(await young.load(RELAY)).toBe(10);
    await young.save(RELAY, 9_007_199_254_740_000);

    await expect(old.check(RELAY)).rejects.toThrow('another replica publishes notes:relay now');
    await expect(old.save(RELAY, 12)).rejects.toThrow('another replica publishes');
    await young.check(RELAY);
    expect(await relaysOf(db, [TOPIC])).toEqual([
      { topic: TOPIC, categories: ['note'], position: 9_007_199_254_740_000 },
    ]);
  });
});

function letter(id: string): DeadLetter {
  return {
    ...{ id, group: GROUP, topic: TOPIC, key: 'note-a', position: '3:17', attempts: 1 },
    ...{ reason: 'ContractError: bad', failedAt: '2026-11-22T10:00:00.000Z' },
    bytes: Buffer.from([0, 255]),
  };
}
