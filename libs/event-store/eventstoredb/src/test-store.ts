import type { EventStore } from '@fidelis/event-store';
import { EventStoreTestServer } from '@fidelis/event-store-test-server';
import { openSqliteReadModel } from '@fidelis/read-model';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDbStore } from './event-store-db-store';
import { KeptCategories } from './kept-categories';
import { KyselySnapshots } from './kysely-snapshots';
import type { EventStoreDbLimits } from './limits';

export interface TestStore {
  readonly store: EventStoreDbStore;
  readonly server: EventStoreTestServer;
  /** One more store on the same server, as another process has. */
  another(limits?: Partial<EventStoreDbLimits>): Promise<EventStoreDbStore>;
  /** Closes the store, starts the server again on its folder, and opens another store. */
  reopen(): Promise<EventStore>;
  /** Stops the server, if it runs, and starts it again on its folder and port. */
  restartServer(): Promise<void>;
  /** The server starts again with an empty log; the database beside it stays. */
  loseLog(): Promise<void>;
  dispose(): Promise<void>;
}

/** A forgotten subscription is found out soon; the deadline is for machines that are busy. */
const LIMITS: Partial<EventStoreDbLimits> = { deadlineMs: 10_000, feedWatchMs: 300 };

/** A store on a test server of its own, for the specs of this package. */
export async function openTestStore(limits: Partial<EventStoreDbLimits> = {}): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
  const db = openSqliteReadModel({ file: join(folder, 'snapshots.db') });
  const snapshots = await KyselySnapshots.open(db);
  const categories = await KeptCategories.open(db);
  const stores: EventStoreDbStore[] = [];
  let server = await EventStoreTestServer.start({ folder });

  const another = (more: Partial<EventStoreDbLimits> = {}): Promise<EventStoreDbStore> => {
    const all = { ...LIMITS, ...limits, ...more };
    const store = new EventStoreDbStore({ url: server.url, snapshots, categories, limits: all });
    stores.push(store);
    return Promise.resolve(store);
  };
  const store = await another();
  const restartServer = async (): Promise<void> => {
    await server.stop();
    server = await EventStoreTestServer.start({ folder, port: server.port });
  };
  return {
    store,
    get server() {
      return server;
    },
    another,
    restartServer,
    loseLog: async () => {
      await server.stop();
      rmSync(join(folder, 'log'), { recursive: true });
      server = await EventStoreTestServer.start({ folder, port: server.port });
    },
    reopen: async () => {
      await Promise.all(stores.map((open) => open.close()));
      await restartServer();
      return another();
    },
    dispose: async () => {
      server.faults.reset();
      await Promise.all(stores.map((open) => open.close()));
      await server.stop();
      await db.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
