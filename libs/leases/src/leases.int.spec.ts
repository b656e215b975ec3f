import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { usePostgres } from '@fidelis/infra';
import { AlwaysHeld } from './always-held';
import type { LeaseTables } from './lease-table';
import type { LeasedWork } from './leases';
import { PostgresLeases } from './postgres-leases';

const TTL_MS = 800;

async function until(is: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!is()) {
    if (performance.now() > deadline) throw new Error('not within 10 s');
    await sleep(10);
  }
}

class Work implements LeasedWork {
  readonly steps: string[] = [];
  failing = false;

  constructor(
    private readonly log: string[] = [],
    private readonly name = '',
  ) {}

  start(): Promise<void> {
    this.note('start');
    return this.failing ? Promise.reject(new Error('cannot start')) : Promise.resolve();
  }

  stop(): Promise<void> {
    this.note('stop');
    return Promise.resolve();
  }

  private note(step: string): void {
    this.steps.push(step);
    this.log.push(`${this.name} ${step}`);
  }
}

describe('leases in PostgreSQL', () => {
  const postgres = usePostgres();
  let db: Kysely<LeaseTables>;
  const opened: PostgresLeases[] = [];

  const replica = (): PostgresLeases => {
    const leases = new PostgresLeases({
      ...{ db, ttlMs: TTL_MS, renewEveryMs: TTL_MS / 4, standbyEveryMs: 50 },
    });
    opened.push(leases);
    return leases;
  };

  beforeEach(() => {
    db = postgres.open<LeaseTables>();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((leases) => leases.close()));
  });

  it('are held by one replica, for as long as it renews them', async () => {
    const [one, two] = [new Work(), new Work()];
    const held = replica().hold('feeds', one);
    await held.settled;
    const standby = replica().hold('feeds', two);
    await standby.settled;
    await sleep(2 * TTL_MS);
    expect([held.isHeld, standby.isHeld]).toEqual([true, false]);
    expect([one.steps, two.steps]).toEqual([['start'], []]);
  });

  it('go to another replica at once when they are released, after the work has ended', async () => {
    const log: string[] = [];
    const held = replica().hold('feeds', new Work(log, 'one'));
    await held.settled;
    const standby = replica().hold('feeds', new Work(log, 'two'));
    await standby.settled;
    await held.release();
    expect(held.isHeld).toBe(false);
    const releasedAt = performance.now();
    await until(() => standby.isHeld);
    expect(performance.now() - releasedAt).toBeLessThan(TTL_MS / 2);
    await until(() => log.length === 3);
    expect(log).toEqual(['one start', 'one stop', 'two start']);
  });

  it('of several names go their own ways, and count their holders', async () => {
    const [one, two] = [replica(), replica()];
    const a = one.hold('a', new Work());
    await a.settled;
    const [a2, b2] = [two.hold('a', new Work()), two.hold('b', new Work())];
    await Promise.all([a2.settled, b2.settled]);
    const b = one.hold('b', new Work());
    await b.settled;
    expect([a.isHeld, a2.isHeld, b.isHeld, b2.isHeld]).toEqual([true, false, false, true]);
    await a.release();
    await until(() => a2.isHeld);
    const rows = await db.selectFrom('leases').select(['name', 'epoch']).orderBy('name').execute();
    expect(rows).toEqual([
      { name: 'a', epoch: 2 },
      { name: 'b', epoch: 1 },
    ]);
  });

  it('are given up before they end when they cannot be renewed, and taken up again', async () => {
    const work = new Work();
    const held = replica().hold('feeds', work);
    await held.settled;
    await db.schema.alterTable('leases').renameTo('away').execute();
    const lostAt = performance.now();
    await until(() => !held.isHeld);
    expect(performance.now() - lostAt).toBeLessThan(TTL_MS);
    await until(() => work.steps.length === 2);
    await db.schema.alterTable('away').renameTo('leases').execute();
    await until(() => held.isHeld);
    await until(() => work.steps.length === 3);
    expect(work.steps).toEqual(['start', 'stop', 'start']);
  });

  it('try again a start that failed', async () => {
    const work = new Work();
    work.failing = true;
    const held = replica().hold('feeds', work);
    await expect(held.settled).rejects.toThrow('cannot start');
    work.failing = false;
    await until(() => work.steps.at(-1) === 'start' && work.steps.length >= 3);
    expect(work.steps.slice(0, 3)).toEqual(['start', 'stop', 'start']);
  });
});

describe('the lease of a process that is alone', () => {
  it('is held from the start to its release', async () => {
    const work = new Work();
    const leases = new AlwaysHeld();
    const held = leases.hold('feeds', work);
    await held.settled;
    expect([held.isHeld, work.steps]).toEqual([true, ['start']]);
    await leases.close();
    expect([held.isHeld, work.steps]).toEqual([false, ['start', 'stop']]);
  });
});
