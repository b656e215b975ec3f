import type Sqlite from 'better-sqlite3';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { isPostgres } from './prepare-tables';
import { sqliteBehind } from './read-model';
import { storableText } from './storable-text';

export type ColumnType = 'text' | 'bigint';

export interface BulkTable<Row> {
  readonly name: string;
  /** Every column, with what the database keeps; the order is that of the insert. */
  readonly columns: Readonly<Record<keyof Row & string, ColumnType>>;
}

/**
 * What to do with a row whose key is there already. `update`: these columns take the new values;
 * `greatest`: the same, but only where the new value is higher.
 */
export interface OnConflict<Row> {
  readonly key: readonly (keyof Row & string)[];
  readonly then: 'nothing' | 'update' | 'greatest';
  readonly columns?: readonly (keyof Row & string)[];
}

/**
 * Inserts any number of rows without a statement of thousands of parameters, which costs more to
 * compile than to run. On SQLite, within a transaction, one statement prepared once runs per row
 * (the journal's import then costs 29 µs a message, 45 by `json_each`); else the rows are one JSON
 * parameter.
 */
export async function insertRows<Row extends object>(
  db: Kysely<never>,
  table: BulkTable<Row>,
  { rows, onConflict }: { readonly rows: readonly Row[]; readonly onConflict?: OnConflict<Row> },
): Promise<void> {
  await insertCounted(db, table, { rows, ...(onConflict && { onConflict }) });
}

/**
 * Inserts rows that this transaction found absent. Throws `OperationalError` when another replica
 * made one of them meanwhile: then roll back, and look again.
 */
export async function insertNewRows<Row extends object>(
  db: Kysely<never>,
  table: BulkTable<Row>,
  { rows, key }: { readonly rows: readonly Row[]; readonly key: OnConflict<Row>['key'] },
): Promise<void> {
  const inserted = await insertCounted(db, table, { rows, onConflict: { key, then: 'nothing' } });
  if (inserted === rows.length) return;
  throw new OperationalError(`${table.name}: another replica was first`);
}

async function insertCounted<Row extends object>(
  db: Kysely<never>,
  table: BulkTable<Row>,
  { rows, onConflict }: { readonly rows: readonly Row[]; readonly onConflict?: OnConflict<Row> },
): Promise<number> {
  if (rows.length === 0) return 0;
  const columns = sql.join(namesOf(table).map((name) => sql.ref(name)));
  const into = sql`insert into ${sql.table(table.name)} (${columns})`;
  const conflict = onConflict === undefined ? sql`` : conflictClause(table.name, onConflict);
  // Outside a transaction the row might get into somebody else's, who may roll back.
  const sqlite = db.isTransaction ? sqliteBehind(db) : undefined;
  if (sqlite !== undefined) {
    const marks = sql.raw(
      namesOf(table)
        .map(() => '?')
        .join(', '),
    );
    const statement = sql`${into} values (${marks})${conflict}`.compile(db).sql;
    return runForEach(sqlite, statement, { names: namesOf(table), rows });
  }
  const source = isPostgres(db) ? recordset(table, rows) : jsonEach(table, rows);
  const { numAffectedRows = 0n } = await sql`${into} ${source}${conflict}`.execute(db);
  return Number(numAffectedRows);
}

type SqliteDatabase = NonNullable<ReturnType<typeof sqliteBehind>>;

const prepared = new WeakMap<SqliteDatabase, Map<string, Sqlite.Statement>>();

function runForEach<Row extends object>(
  sqlite: SqliteDatabase,
  text: string,
  {
    names,
    rows,
  }: { readonly names: readonly (keyof Row & string)[]; readonly rows: readonly Row[] },
): number {
  const statements = prepared.get(sqlite) ?? new Map<string, Sqlite.Statement>();
  prepared.set(sqlite, statements);
  const statement = statements.get(text) ?? sqlite.prepare(text);
  statements.set(text, statement);
  // SQLite copies what it is given, so one array does for all rows. Handed over value by value: the
  // driver asks the engine for each element of an array, which for 20 columns takes a third longer.
  const values: unknown[] = new Array(names.length);
  let changes = 0;
  for (const row of rows) {
    names.forEach((name, index) => (values[index] = row[name]));
    changes += statement.run(...values).changes;
  }
  return changes;
}

function valuesOf<Row extends object>(
  table: BulkTable<Row>,
  rows: readonly Row[],
): readonly (readonly unknown[])[] {
  const names = namesOf(table);
  return rows.map((row) => names.map((name) => row[name]));
}

/** `column in (…)` over any number of texts, as one parameter. */
export function isOneOf(
  db: Kysely<never>,
  column: string,
  values: readonly string[],
): RawBuilder<boolean> {
  return isPostgres(db)
    ? sql`${sql.ref(column)} = any(${values}::text[])`
    : sql`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`;
}

function jsonEach<Row extends object>(
  table: BulkTable<Row>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  const names = namesOf(table);
  const json = JSON.stringify(valuesOf(table, rows));
  const values = sql.join(names.map((_, index) => sql`value ->> ${sql.lit(index)}`));
  // "where true" tells SQLite's parser that a following "on conflict" is not a join's.
  return sql`select ${values} from json_each(${json}) where true`;
}

function recordset<Row extends object>(
  table: BulkTable<Row>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  const names = namesOf(table);
  const typed = names.map((name) => sql`${sql.ref(name)} ${sql.raw(table.columns[name])}`);
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const json = storableJson(rows);
  return sql`select ${columns} from json_to_recordset(${json}::json) as r(${sql.join(typed)})`;
}

/** What PostgreSQL's JSON refuses: NUL, and halves of surrogate pairs. Both are escaped in JSON. */
const REFUSED = /\\u(0000|d[89a-f])/i;

function storableJson(rows: readonly object[]): string {
  const json = JSON.stringify(rows);
  if (!REFUSED.test(json)) return json;
  return JSON.stringify(rows, (_name, value: unknown) =>
    typeof value === 'string' ? storableText(value) : value,
  );
}

function conflictClause<Row>(
  table: string,
  { key, then, columns = [] }: OnConflict<Row>,
): RawBuilder<unknown> {
  const keys = sql.join(key.map((name) => sql.ref(name)));
  if (then === 'nothing') return sql` on conflict (${keys}) do nothing`;
  const sets = columns.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`);
  const higher = columns.map(
    (name) => sql`${sql.ref(`excluded.${name}`)} > ${sql.ref(`${table}.${name}`)}`,
  );
  const where = then === 'greatest' ? sql` where ${sql.join(higher, sql` or `)}` : sql``;
  return sql` on conflict (${keys}) do update set ${sql.join(sets)}${where}`;
}

function namesOf<Row>(table: BulkTable<Row>): (keyof Row & string)[] {
  return Object.keys(table.columns) as (keyof Row & string)[];
}
