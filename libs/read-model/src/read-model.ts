import Sqlite from 'better-sqlite3';
import { Kysely, sql, SqliteDialect } from 'kysely';

/** A service's own database of views. Everything in it can be rebuilt from the events. */
export type ReadModel<Tables> = Kysely<Tables>;

export interface SqliteReadModelOptions {
  /** A path, or `:memory:`. */
  readonly file: string;
  /** For rows that no event can bring again (personal data): on disk when a commit resolves. */
  readonly durable?: boolean;
  /** Another connection writes: every write by this one is an error. */
  readonly readOnly?: boolean;
}

/**
 * Views on SQLite. `synchronous=NORMAL`: a crash may lose the last transactions, never half of one;
 * the checkpoint is in the same transaction, so the feed brings them again.
 */
export function openSqliteReadModel<Tables>(options: SqliteReadModelOptions): ReadModel<Tables> {
  const database = new Sqlite(options.file);
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${options.durable === true ? 'FULL' : 'NORMAL'}`);
  database.pragma('busy_timeout = 5000');
  // Indexes on ids and on business time are written all over: pages that change again and again
  // stay in memory, and are copied back once in 64 MB of log instead of once in 4.
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  if (options.readOnly === true) database.pragma('query_only = ON');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  databases.set(db.getExecutor().adapter, database);
  return db;
}

const CACHE_KIB = 32 * 1024;
const CHECKPOINT_PAGES = 16 * 1024;
const databases = new WeakMap<object, Sqlite.Database>();

/** The SQLite database behind a kysely one, for statements that are prepared once. */
export function sqliteBehind(db: Kysely<never>): Sqlite.Database | undefined {
  return databases.get(db.getExecutor().adapter);
}

/** Rows of one insert such that parameters stay below SQLite's 32,766 and PostgreSQL's 65,535. */
export const INSERT_ROWS_MAX = 500;

/** Splits rows so that each insert stays within `INSERT_ROWS_MAX`. */
export function chunksOf<T>(rows: readonly T[], size: number = INSERT_ROWS_MAX): readonly T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < rows.length; from += size) chunks.push(rows.slice(from, from + size));
  return chunks;
}

/** Drops a view's tables, for a rebuild. */
export async function dropTables(db: Kysely<unknown>, tables: readonly string[]): Promise<void> {
  for (const table of tables) await sql`drop table if exists ${sql.table(table)}`.execute(db);
}
