import type { RecordedOperation, Snapshot, SnapshotStore } from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';
import { prepareTables } from '@fidelis/read-model';
import type { Kysely } from 'kysely';

interface SnapshotTables {
  readonly event_store_snapshots: {
    readonly stream: string;
    readonly revision: number;
    readonly version: number;
    /** JSON as text: a state is only ever read as a whole. */
    readonly state: string;
    readonly hash: string | null;
  };
  readonly event_store_operations: {
    readonly stream: string;
    readonly operation_id: string;
    readonly revision: number;
  };
}

/** Rows of one insert; three parameters each stay below SQLite's 32,766. */
const ROWS_PER_INSERT = 1000;

/**
 * Snapshots and the operation index in a relational database, PostgreSQL or SQLite. Several
 * processes write the same stream's: the higher revision stays, and every operation is kept, so
 * the index remains complete up to the snapshot.
 */
export class KyselySnapshots implements SnapshotStore {
  private constructor(private readonly db: Kysely<SnapshotTables>) {}

  /** Creates the tables where there are none. `db` may be set to a schema; it stays the caller's. */
  static async open<Tables>(db: Kysely<Tables>): Promise<KyselySnapshots> {
    // The tables are ours alone, whatever else the database has.
    const own = db as unknown as Kysely<SnapshotTables>;
    await prepareTables(own, createTables);
    return new KyselySnapshots(own);
  }

  async read(stream: string): Promise<Snapshot | undefined> {
    const row = await this.db
      .selectFrom('event_store_snapshots')
      .selectAll()
      .where('stream', '=', stream)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { revision, version, hash } = row;
    const state = JSON.parse(row.state) as JsonObject;
    return { revision, version, state, ...(hash === null ? {} : { hash }) };
  }

  async write(
    stream: string,
    snapshot: Snapshot,
    operations: readonly RecordedOperation[],
  ): Promise<void> {
    const { revision, version, hash } = snapshot;
    // Before anything is awaited: the caller's state goes on living.
    const state = JSON.stringify(snapshot.state);
    await this.db.transaction().execute(async (trx) => {
      await writeOperations(trx, stream, operations);
      await trx
        .insertInto('event_store_snapshots')
        .values({ stream, revision, version, state, hash: hash ?? null })
        .onConflict((conflict) =>
          conflict
            .column('stream')
            .doUpdateSet({ revision, version, state, hash: hash ?? null })
            .where('event_store_snapshots.revision', '<=', revision),
        )
        .execute();
    });
  }

  async findOperation(stream: string, operationId: string): Promise<number | undefined> {
    const row = await this.db
      .selectFrom('event_store_operations')
      .select('revision')
      .where('stream', '=', stream)
      .where('operation_id', '=', operationId)
      .executeTakeFirst();
    return row?.revision;
  }
}

async function writeOperations(
  db: Kysely<SnapshotTables>,
  stream: string,
  operations: readonly RecordedOperation[],
): Promise<void> {
  const rows = operations.map(({ operationId, revision }) => ({
    ...{ stream, operation_id: operationId, revision },
  }));
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    await db
      .insertInto('event_store_operations')
      .values(rows.slice(from, from + ROWS_PER_INSERT))
      // An operation is recorded once; a second process tells the same of it.
      .onConflict((conflict) => conflict.columns(['stream', 'operation_id']).doNothing())
      .execute();
  }
}

async function createTables(db: Kysely<SnapshotTables>): Promise<void> {
  await db.schema
    .createTable('event_store_snapshots')
    .ifNotExists()
    .addColumn('stream', 'text', (column) => column.primaryKey())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('hash', 'text')
    .execute();
  await db.schema
    .createTable('event_store_operations')
    .ifNotExists()
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('operation_id', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('event_store_operations_pk', ['stream', 'operation_id'])
    .execute();
}
