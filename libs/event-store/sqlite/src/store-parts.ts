import type Database from 'better-sqlite3';
import { CategoryIndex } from './category-index';
import { EventLog } from './event-log';
import { Feed } from './feed';
import type { SqliteLimits } from './limits';
import { RecentEvents } from './recent-events';
import { StreamHeads } from './stream-heads';
import { StreamReader } from './stream-reader';

/** What reading needs, with or without a writer. */
export interface StoreParts {
  readonly log: EventLog;
  readonly heads: StreamHeads;
  readonly index: CategoryIndex;
  readonly recent: RecentEvents;
  readonly reader: StreamReader;
  readonly feed: Feed;
}

export function openParts(db: Database.Database, limits: SqliteLimits): StoreParts {
  const log = new EventLog(db);
  const heads = new StreamHeads(db, limits);
  const index = new CategoryIndex(db, log);
  const recent = new RecentEvents(index.headOf(), limits);
  const reader = new StreamReader(log, recent);
  return { log, heads, index, recent, reader, feed: new Feed(log, recent, index) };
}
