import type { EventStore, SnapshotStore } from '@fidelis/event-store';
import { EventStoreDbStore } from '@fidelis/event-store-eventstoredb';

/** Nothing here folds a stream through a cache. */
const NO_SNAPSHOTS: SnapshotStore = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  findOperation: () => Promise.resolve(undefined),
};

/** For reading: nothing that works offline appends. */
export function openEventStore(url: string): EventStore {
  return new EventStoreDbStore({ url, snapshots: NO_SNAPSHOTS });
}
