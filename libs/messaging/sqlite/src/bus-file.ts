import Database from 'better-sqlite3';
import { START, type Position } from '@fidelis/event-store';
import { SqliteDeadLetters } from './sqlite-dead-letters';

/**
 * `bus.db`: how far each group is, and what it could not take. Offsets may be older than the truth
 * (messages come again), never newer: one file in one order, so an offset is never kept without
 * the dead letters before it. NORMAL is enough for that.
 */
export class BusFile {
  readonly deadLetters: SqliteDeadLetters;
  private readonly db: Database.Database;
  private readonly upsert: Database.Statement<[string, Position]>;
  private readonly select: Database.Statement<[string], { position: Position }>;
  private readonly saveAll: (offsets: ReadonlyMap<string, Position>) => void;

  constructor(file: string) {
    this.db = new Database(file);
    this.db.pragma('journal_mode = WAL');
    this.db.pragma('synchronous = NORMAL');
    this.db.exec(
      'CREATE TABLE IF NOT EXISTS offsets (consumer_group TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    );
    this.deadLetters = new SqliteDeadLetters(this.db);
    this.upsert = this.db.prepare(
      'INSERT INTO offsets VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
    );
    this.select = this.db.prepare('SELECT position FROM offsets WHERE consumer_group = ?');
    this.saveAll = this.db.transaction((offsets: ReadonlyMap<string, Position>) => {
      for (const [group, position] of offsets) this.upsert.run(group, position);
    });
  }

  /** A new group begins with the first event ever. */
  offsetOf(group: string): Position {
    return this.select.get(group)?.position ?? START;
  }

  saveOffsets(offsets: ReadonlyMap<string, Position>): void {
    if (offsets.size > 0) this.saveAll(offsets);
  }

  /** These groups begin with the first event again. */
  forgetOffsets(groups: readonly string[]): void {
    const remove = this.db.prepare('DELETE FROM offsets WHERE consumer_group = ?');
    this.db.transaction(() => groups.forEach((group) => remove.run(group)))();
  }

  close(): void {
    this.db.close();
  }
}
