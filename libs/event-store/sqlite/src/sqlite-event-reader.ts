import {
  type EventStore,
  type Position,
  READ_EVENTS_MAX,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
} from '@fidelis/event-store';
import type Database from 'better-sqlite3';
import { withDefaults } from './limits';
import { openForReading } from './open-database';
import { type StoreParts, openParts } from './store-parts';

/**
 * Reads a store's file as it was at the moment of opening, changing nothing: for `verify` and
 * exports, whether or not a server is writing to it.
 */
export class SqliteEventReader implements Pick<EventStore, 'readStream' | 'readAll' | 'headOf'> {
  private readonly parts: StoreParts;

  private constructor(private readonly db: Database.Database) {
    // One transaction from the first read to the end: one state of the file.
    db.exec('BEGIN');
    this.parts = openParts(db, withDefaults({}));
  }

  static open(file: string): SqliteEventReader {
    return new SqliteEventReader(openForReading(file));
  }

  readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const head = this.parts.heads.get(stream);
    const events = head === undefined ? [] : this.parts.reader.read({ stream, ...head }, options);
    return Promise.resolve(events);
  }

  async readAll({ after, categories, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const limitOrMax = Math.min(limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX);
    return (await this.parts.feed.page(after, { categories, limit: limitOrMax })).events;
  }

  headOf(categories?: readonly string[]): Promise<Position> {
    return Promise.resolve(this.parts.index.headOf(categories));
  }

  close(): void {
    this.db.close();
  }
}
