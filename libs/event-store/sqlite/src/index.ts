export { DataFolderInUse, DataFolderLock } from './data-folder-lock';
export { SQLITE_LIMITS, type SqliteLimits } from './limits';
export { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store';
export { SqliteEventReader } from './sqlite-event-reader';
export {
  SqliteEventFollower,
  type FeedHeads,
  type SqliteEventFollowerOptions,
} from './sqlite-event-follower';
