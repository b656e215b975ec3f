import { sql, type Kysely } from 'kysely';
import { START, type Position } from '@fidelis/event-store';
import { prepareTables } from '@fidelis/read-model';

interface CheckpointTables {
  readonly checkpoints: { readonly name: string; readonly position: number | string };
}

export interface CheckpointMove {
  readonly from: Position;
  readonly to: Position;
}

/** One row per view or process: the position of the last event that it has taken in. */
export class Checkpoints {
  private readonly db: Kysely<CheckpointTables>;

  /** Also one within a transaction, for the rows that move with it. */
  constructor(db: Kysely<never>) {
    this.db = db;
  }

  async create(): Promise<void> {
    await prepareTables(this.db, (db) =>
      db.schema
        .createTable('checkpoints')
        .ifNotExists()
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('position', 'bigint', (column) => column.notNull())
        .execute(),
    );
  }

  async read(name: string): Promise<Position> {
    const row = await this.db
      .selectFrom('checkpoints')
      .select('position')
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? START : Number(row.position);
  }

  /** Where it stands; it has a row from now on. */
  async begin(name: string): Promise<Position> {
    await this.db
      .insertInto('checkpoints')
      .values({ name, position: START })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return this.read(name);
  }

  /**
   * Moves it, if it is exactly where the caller thinks it is. `false` says that somebody else moved
   * it (a replica that was paused wakes up late): the caller's rows must not be written. Within a
   * transaction the row stays locked, so that nobody else can be between look and commit.
   */
  async advance(name: string, { from, to }: CheckpointMove): Promise<boolean> {
    const result = await this.db
      .updateTable('checkpoints')
      .set({ position: to })
      .where('name', '=', name)
      .where(sql<boolean>`position = ${from}`)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  /** Whoever is about to move it from where it was cannot any more. */
  async reset(name: string): Promise<void> {
    await this.begin(name);
    await this.db
      .updateTable('checkpoints')
      .set({ position: START })
      .where('name', '=', name)
      .execute();
  }
}
