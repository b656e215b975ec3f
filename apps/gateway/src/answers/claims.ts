import { sql, type Kysely } from 'kysely';
import { fingerprintOf, OperationalError } from '@fidelis/kernel';

interface Asked {
  readonly id: string;
  readonly claimed: (yes: boolean) => void;
  readonly failed: (error: unknown) => void;
  /** The connection broke once under it. */
  again: boolean;
}

interface Released {
  readonly id: string;
  readonly done: () => void;
}

/**
 * Which requests run, across processes: advisory locks of PostgreSQL, all on one connection. They
 * end with it, so a claim never outlives its process. Should the connection break, a second one may
 * run what still runs here: both carry the same operation id.
 */
export class Claims {
  private asked: Asked[] = [];
  private released: Released[] = [];
  private readonly held = new Set<string>();
  private wake: () => void = () => undefined;
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly db: Kysely<never>) {}

  /** `false`: another process runs this request. Throws `OperationalError` when nobody can say. */
  claim(id: string): Promise<boolean> {
    if (this.closed) return Promise.reject(new OperationalError('the gateway is closing'));
    return new Promise((claimed, failed) => {
      this.asked.push({ id, claimed, failed, again: false });
      this.work();
    });
  }

  /** Resolves when others may claim it; never rejects. */
  release(id: string): Promise<void> {
    if (!this.held.delete(id)) return Promise.resolve();
    return new Promise((done) => {
      this.released.push({ id, done });
      this.work();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await this.working;
  }

  private work(): void {
    this.working ??= this.holdConnection();
    this.wake();
  }

  private async holdConnection(): Promise<void> {
    try {
      await this.db.connection().execute((connection) => this.serve(connection));
    } catch (error) {
      this.connectionBroke(error);
    } finally {
      this.working = undefined;
    }
    if (this.asked.length > 0) this.work();
  }

  /** The locks are gone with it. It may have been long dead: another one is tried, once. */
  private connectionBroke(error: unknown): void {
    this.held.clear();
    for (const { done } of this.released.splice(0)) done();
    const asked = this.asked.splice(0);
    for (const one of asked) {
      if (one.again) one.failed(databaseAway(error));
      else this.asked.push({ ...one, again: true });
    }
  }

  private async serve(connection: Kysely<never>): Promise<void> {
    for (;;) {
      if (this.released.length > 0) await this.giveBack(connection);
      if (this.asked.length > 0) await this.answer(connection);
      if (this.released.length > 0 || this.asked.length > 0) continue;
      if (this.closed) break;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    // The connection goes back to its pool, where its locks would go on.
    await sql`select pg_advisory_unlock_all()`.execute(connection);
  }

  private async giveBack(connection: Kysely<never>): Promise<void> {
    const batch = this.released.slice();
    await unlock(
      connection,
      batch.map(({ id }) => id),
    );
    this.released.splice(0, batch.length);
    for (const { done } of batch) done();
  }

  private async answer(connection: Kysely<never>): Promise<void> {
    const batch = this.asked.slice();
    const locked = await lock(
      connection,
      batch.map(({ id }) => id),
    );
    this.asked.splice(0, batch.length);
    for (const { id, claimed } of batch) {
      const yes = locked.has(numberOf(id));
      if (yes) this.held.add(id);
      claimed(yes);
    }
  }
}

async function lock(db: Kysely<never>, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ key: string; locked: boolean }>`
    select key, pg_try_advisory_lock(key::bigint) as locked
    from json_array_elements_text(${numbersOf(ids)}::json) as asked(key)`.execute(db);
  return new Set(rows.filter(({ locked }) => locked).map(({ key }) => key));
}

async function unlock(db: Kysely<never>, ids: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_unlock(key::bigint)
    from json_array_elements_text(${numbersOf(ids)}::json) as done(key)`.execute(db);
}

/** Whatever the driver calls it: the request may be sent again later. */
export function databaseAway(cause: unknown): OperationalError {
  return new OperationalError('the database of the gateways does not answer', { cause });
}

const numbersOf = (ids: readonly string[]): string => JSON.stringify(ids.map(numberOf));

/** PostgreSQL knows its locks by 64 bits. */
function numberOf(id: string): string {
  return BigInt.asIntN(64, BigInt(`0x${fingerprintOf(`answer ${id}`).slice(0, 16)}`)).toString();
}
