import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { OperationalError, systemClock, type Instant } from '@fidelis/kernel';
import type { SharedClock } from '@fidelis/service';

/** Schema `bus`: one clock for all processes, and who follows it. */
export interface ClockTables {
  readonly test_clock: {
    readonly id: number;
    readonly offset_ms: number;
    readonly version: number;
  };
  readonly clock_followers: {
    readonly instance: string;
    readonly version: number;
    readonly seen_at: Date;
  };
}

const LOCK = 'fidelis test clock';
const FOLLOW_EVERY_MS = 50;
const HEARTBEAT_MS = 1000;
/** A process that has not been seen for so long is gone, or will follow before it does anything. */
const GONE_MS = 3000;
const FOLLOWED_MS_MAX = 20_000;

/**
 * The test clock of separate processes: an offset in PostgreSQL that each of them follows. Only
 * with FIDELIS_TEST_CLOCK=1.
 */
export class PostgresTestClock implements SharedClock {
  private readonly instance = randomUUID();
  private offsetMs: number | undefined;
  private version = 0;
  private saidAt = -Infinity;
  private saidVersion = -1;
  private readonly closing = new AbortController();
  private following: Promise<void> | undefined;

  private constructor(
    private readonly db: Kysely<ClockTables>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Follows before it answers: whoever starts has the right time from the first moment. */
  static async open(
    db: Kysely<ClockTables>,
    onError: (error: unknown) => void,
  ): Promise<PostgresTestClock> {
    const clock = new PostgresTestClock(db, onError);
    await createTables(db);
    await clock.look();
    clock.following = clock.follow();
    return clock;
  }

  now(): Instant {
    if (this.offsetMs === undefined) return systemClock.now();
    return new Date(Date.now() + this.offsetMs).toISOString();
  }

  async move(to: Instant, { anywhere }: { readonly anywhere: boolean }): Promise<boolean> {
    const version = await this.write(to, anywhere);
    if (version === undefined) return false;
    await this.look();
    const deadline = performance.now() + FOLLOWED_MS_MAX;
    while ((await this.behind(version)) > 0) {
      if (performance.now() > deadline) {
        throw new OperationalError('not every process has followed the test clock');
      }
      await sleep(FOLLOW_EVERY_MS);
    }
    return true;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.following;
    await sql`delete from clock_followers where instance = ${this.instance}`
      .execute(this.db)
      .catch(this.onError);
  }

  /** The new version; `undefined`: the clock is further already. One who moves it at a time. */
  private write(to: Instant, anywhere: boolean): Promise<number | undefined> {
    return this.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtext(${LOCK}))`.execute(trx);
      const present = await offsetIn(trx);
      const now = Date.now();
      const backwards = Date.parse(to) < now + (present?.offset_ms ?? 0);
      if (backwards && !(anywhere && present === undefined)) return undefined;
      const offset = Date.parse(to) - now;
      const version = (present?.version ?? 0) + 1;
      await sql`
        insert into test_clock (id, offset_ms, version) values (1, ${offset}, ${version})
        on conflict (id) do update
          set offset_ms = excluded.offset_ms, version = excluded.version`.execute(trx);
      return version;
    });
  }

  private async behind(version: number): Promise<number> {
    const { rows } = await sql<{ behind: number }>`
      select count(*)::int as behind from clock_followers
      where version < ${version}
        and seen_at > clock_timestamp() - ${GONE_MS} * interval '1 millisecond'`.execute(this.db);
    return rows[0]?.behind ?? 0;
  }

  private async follow(): Promise<void> {
    const { signal } = this.closing;
    for (;;) {
      await sleep(FOLLOW_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.look().catch(this.onError);
    }
  }

  private async look(): Promise<void> {
    const row = await offsetIn(this.db);
    if (row !== undefined && row.version > this.version) {
      this.offsetMs = row.offset_ms;
      this.version = row.version;
    }
    const now = performance.now();
    if (this.saidVersion === this.version && now - this.saidAt < HEARTBEAT_MS) return;
    await sql`
      insert into clock_followers (instance, version, seen_at)
      values (${this.instance}, ${this.version}, clock_timestamp())
      on conflict (instance) do update
        set version = excluded.version, seen_at = excluded.seen_at`.execute(this.db);
    this.saidAt = now;
    this.saidVersion = this.version;
  }
}

async function offsetIn(
  db: Kysely<ClockTables>,
): Promise<{ readonly offset_ms: number; readonly version: number } | undefined> {
  const { rows } = await sql<{ offset_ms: number; version: number }>`
    select offset_ms, version from test_clock where id = 1`.execute(db);
  return rows[0];
}

async function createTables(db: Kysely<ClockTables>): Promise<void> {
  // Two processes that create the same table at once disturb each other: one at a time.
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext(${LOCK}))`.execute(trx);
    await sql`create table if not exists test_clock (
      id integer primary key, offset_ms bigint not null, version bigint not null)`.execute(trx);
    await sql`create table if not exists clock_followers (
      instance text primary key, version bigint not null, seen_at timestamptz not null)`.execute(
      trx,
    );
  });
}
