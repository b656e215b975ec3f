import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Another live process works on this folder. Only the operator can resolve it. */
export class DataFolderInUse extends Error {
  constructor(readonly folder: string) {
    super(`the data folder ${folder} is in use by another process`);
    this.name = 'DataFolderInUse';
  }
}

/**
 * Keeps a second process off a data folder. It is a lock of the operating system on `lock.db`, so
 * it vanishes with the process however that ends; there is no stale lock file to remove by hand.
 */
export class DataFolderLock {
  /** A connection that nobody refers to is closed by the collector, and the lock with it. */
  private static readonly held = new Set<DataFolderLock>();

  private constructor(private readonly db: Database.Database) {}

  /** Makes the folder where it is absent. @throws DataFolderInUse */
  static acquire(folder: string): DataFolderLock {
    mkdirSync(folder, { recursive: true });
    const db = new Database(join(folder, 'lock.db'), { timeout: 0 });
    try {
      db.pragma('locking_mode = EXCLUSIVE');
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (isBusy(error)) throw new DataFolderInUse(folder);
      throw error;
    }
    const lock = new DataFolderLock(db);
    DataFolderLock.held.add(lock);
    return lock;
  }

  release(): void {
    DataFolderLock.held.delete(this);
    this.db.close();
  }
}

/** By its code: where the module is loaded twice, the native part throws the first one's class. */
function isBusy(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return String(code).startsWith('SQLITE_BUSY');
}
