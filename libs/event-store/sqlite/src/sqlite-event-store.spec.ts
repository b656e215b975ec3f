import { describeEventStore } from '@fidelis/event-store-conformance';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store';

const variants: [string, Partial<SqliteEventStoreOptions>][] = [
  ['SQLite', {}],
  [
    'SQLite with next to nothing in memory',
    {
      limits: {
        ...{ pendingEventsMax: 8, recentEventsMax: 1016, recentBytesMax: 500 },
        ...{ dirtyHeadsMax: 3, cleanHeadsMax: 4, replayEventsMax: 50, pendingSnapshotsMax: 1 },
      },
    },
  ],
];

for (const [name, options] of variants) {
  describeEventStore(
    name,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'event-store-'));
      const open = (): SqliteEventStore =>
        SqliteEventStore.open({ file: join(folder, 'events.db'), freezeEvents: true, ...options });
      let store = open();
      return Promise.resolve({
        ...{ store, gapless: true },
        reopen: async () => {
          await store.close();
          store = open();
          return store;
        },
        dispose: async () => {
          await store.close();
          rmSync(folder, { recursive: true });
        },
      });
    },
    { restarts: true, losesAnswers: false },
  );
}
