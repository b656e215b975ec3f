import Database from 'better-sqlite3';

/**
 * Small on purpose (ADR 0002): a commit that split a page makes SQLite look for pages behind the
 * file's end in its whole cache. Pages of 4 KiB: bigger ones measured no faster and make each
 * checkpoint a longer pause.
 */
const CACHE_KIB = 8 * 1024;
/** In pages. Fewer, longer pauses or more, shorter ones: 1000 pages are about 8 ms here. */
const CHECKPOINT_PAGES = 1000;

const SCHEMA_VERSION = 1;

/**
 * `events` has no second index: a stream is read along `previous`, from its head. Random inserts
 * into an index would halve the write path, see the ADR on the embedded event store.
 */
const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE TABLE streams (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE markers (
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE block_categories (
    category TEXT NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (category, block)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE heads_complete (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    hash TEXT
  ) STRICT;
  CREATE TABLE operations (
    stream TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (stream, operation_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO heads_complete VALUES (1, -1);
`;

/** Opens the log for its one writer; makes an empty one where there is none. */
export function openForWriting(file: string): Database.Database {
  const db = new Database(file, { timeout: 0 });
  db.pragma('journal_mode = WAL');
  // An answer is given after the commit: the commit must be on disk, not only in the cache.
  db.pragma('synchronous = FULL');
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  if (versionOf(db) === 0) createSchema(db);
  assertVersion(db);
  return db;
}

/** For `verify` and exports. The file must exist; a running writer is not disturbed. */
export function openForReading(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  assertVersion(db);
  return db;
}

function createSchema(db: Database.Database): void {
  db.transaction(() => {
    db.exec(SCHEMA);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

function versionOf(db: Database.Database): unknown {
  return db.pragma('user_version', { simple: true });
}

function assertVersion(db: Database.Database): void {
  const version = versionOf(db);
  if (version !== SCHEMA_VERSION) {
    db.close();
    throw new Error(
      `${db.name} has schema ${String(version)}, this program knows ${SCHEMA_VERSION}`,
    );
  }
}
