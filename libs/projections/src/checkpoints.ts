import { sql, type Kysely, type Transaction } from 'kysely';
import { START, type Position } from '@fidelis/event-store';

interface CheckpointTables {
  readonly checkpoints: { readonly name: string; readonly position: number | string };
}

/** One row per view or process: the position of the last event that it has taken in. */
export class Checkpoints {
  private readonly db: Kysely<CheckpointTables>;

  constructor(db: Kysely<never>) {
    this.db = db;
  }

  async create(): Promise<void> {
    await this.db.schema
      .createTable('checkpoints')
      .ifNotExists()
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .execute();
  }

  async read(name: string): Promise<Position> {
    const row = await this.db
      .selectFrom('checkpoints')
      .select('position')
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? START : Number(row.position); // PostgreSQL gives bigint as text
  }

  /**
   * Moves it forward, and only forward: `false` says that somebody else was there already (a
   * replica that woke up late), whose rows must not be written again.
   */
  async advance(name: string, position: Position, within?: Transaction<never>): Promise<boolean> {
    const db = (within as Kysely<CheckpointTables> | undefined) ?? this.db;
    const result = await db
      .insertInto('checkpoints')
      .values({ name, position })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ position })
          .where(sql<boolean>`checkpoints.position < ${position}`),
      )
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async reset(name: string): Promise<void> {
    await this.db.deleteFrom('checkpoints').where('name', '=', name).execute();
  }
}
