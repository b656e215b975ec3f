import { sql, type Kysely } from 'kysely';
import { fingerprintOf, OperationalError } from '@fidelis/kernel';

interface Asked {
  readonly id: string;
  readonly claimed: (yes: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Which requests run, across processes: advisory locks of PostgreSQL, all on one connection. They
 * end with it, so a claim never outlives its process. Should the connection break, a second one may
 * run what still runs here: both carry the same operation id.
 */
export class Claims {
  private asked: Asked[] = [];
  private released: string[] = [];
  private readonly held = new Set<string>();
  private wake: () => void = () => undefined;
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly db: Kysely<never>) {}

  /** `false`: another process runs this request. Throws `OperationalError` when nobody can say. */
  claim(id: string): Promise<boolean> {
    if (this.closed) return Promise.reject(new OperationalError('the gateway is closing'));
    return new Promise((claimed, failed) => {
      this.asked.push({ id, claimed, failed });
      this.work();
    });
  }

  release(id: string): void {
    if (!this.held.delete(id)) return;
    this.released.push(id);
    this.work();
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
      // The locks are gone with the connection; the next claim opens another one.
      this.held.clear();
      this.released = [];
      for (const { failed } of this.asked.splice(0)) failed(error);
    } finally {
      this.working = undefined;
    }
  }

  private async serve(connection: Kysely<never>): Promise<void> {
    for (;;) {
      if (this.released.length > 0) await unlock(connection, this.released.splice(0));
      if (this.asked.length > 0) await this.answer(connection, this.asked.splice(0));
      if (this.released.length > 0 || this.asked.length > 0) continue;
      if (this.closed) break;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    // The connection goes back to its pool, where its locks would go on.
    await sql`select pg_advisory_unlock_all()`.execute(connection);
  }

  private async answer(connection: Kysely<never>, asked: readonly Asked[]): Promise<void> {
    try {
      const locked = await lock(
        connection,
        asked.map(({ id }) => id),
      );
      for (const { id, claimed } of asked) {
        const yes = locked.has(numberOf(id));
        if (yes) this.held.add(id);
        claimed(yes);
      }
    } catch (error) {
      for (const { failed } of asked) failed(error);
      throw error;
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

const numbersOf = (ids: readonly string[]): string => JSON.stringify(ids.map(numberOf));

/** PostgreSQL knows its locks by 64 bits. */
function numberOf(id: string): string {
  return BigInt.asIntN(64, BigInt(`0x${fingerprintOf(`answer ${id}`).slice(0, 16)}`)).toString();
}
