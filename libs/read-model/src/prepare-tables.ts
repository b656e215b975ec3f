import {
  PostgresAdapter,
  sql,
  type Kysely,
  type RawBuilder,
  type SelectQueryBuilder,
  type StringReference,
} from 'kysely';

/**
 * Creates tables although other replicas may do the same now: PostgreSQL's `if not exists` alone
 * fails when two begin at once. One replica at a time per schema.
 */
export async function prepareTables<Tables>(
  db: Kysely<Tables>,
  create: (db: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  if (!isPostgres(db)) {
    await create(db);
    return;
  }
  const within = async (trx: Kysely<Tables>): Promise<void> => {
    const lock = sql`select pg_advisory_xact_lock(hashtext('fidelis'), hashtext(current_schema()))`;
    await lock.execute(trx);
    await create(trx);
  };
  if (db.isTransaction) await within(db);
  else await db.transaction().execute(within);
}

export interface AddedColumn {
  readonly table: string;
  readonly column: string;
  readonly type: 'bigint';
  /** Of the rows that are there already. */
  readonly value: number;
}

/** For tables that were made before they had it. Within `prepareTables`. */
export async function addColumnIfAbsent<Tables>(
  db: Kysely<Tables>,
  { table, column, type, value }: AddedColumn,
): Promise<void> {
  const columns = isPostgres(db)
    ? sql`select column_name as name from information_schema.columns
          where table_schema = current_schema() and table_name = ${table}`
    : sql`select name from pragma_table_info(${table})`;
  const { rows } = await (columns as RawBuilder<{ readonly name: string }>).execute(db);
  if (rows.some(({ name }) => name === column)) return;
  await db.schema
    .alterTable(table)
    .addColumn(column, type, (definition) => definition.notNull().defaultTo(value))
    .execute();
}

/**
 * For reading rows that this transaction will write: no other replica writes them in between. In
 * the order of their key, so that two replicas wait in one direction. SQLite has one writer.
 */
export function lockedRows<Tables, Table extends keyof Tables, Row>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<Tables, Table, Row>,
  key: StringReference<Tables, Table>,
): SelectQueryBuilder<Tables, Table, Row> {
  return isPostgres(db) ? query.orderBy(key).forUpdate() : query;
}

export function isPostgres<Tables>(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
