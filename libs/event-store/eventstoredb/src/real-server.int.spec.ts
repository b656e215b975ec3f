import {
  append,
  describeEventStore,
  newCategory,
  newStream,
  numbered,
  numbersOf,
} from '@fidelis/event-store-conformance';
import { openSqliteReadModel } from '@fidelis/read-model';
import { EventStoreDbStore } from './event-store-db-store';
import { KeptCategories } from './kept-categories';
import { KyselySnapshots } from './kysely-snapshots';
import { type RealServer, findRealServer } from './real-server';

const start = findRealServer();
const START_MS_MAX = 300_000;

if (start === undefined) {
  const reason = 'needs EVENT_STORE_URL=esdb://… or a Docker engine: neither is here';
  process.stderr.write(`skipped: EventStoreDB (real server) ${reason}\n`);
  describe('EventStoreDB (real server)', () => {
    it.skip(reason, () => undefined);
  });
} else {
  describeOn(start);
}

function describeOn(startServer: () => Promise<RealServer>): void {
  // A real server has other tests' events, answers a repetition that comes too early only after
  // its own time-out of 2 s, and may be a slow container.
  jest.setTimeout(120_000);
  const limits = { deadlineMs: 15_000 };
  let server: RealServer | undefined;
  const url = (): string => server?.url ?? '';

  beforeAll(async () => {
    server = await startServer();
  }, START_MS_MAX);
  afterAll(async () => {
    await server?.stop();
  }, START_MS_MAX);

  describeEventStore(
    'EventStoreDB (real server)',
    async () => {
      const db = openSqliteReadModel({ file: ':memory:' });
      const snapshots = await KyselySnapshots.open(db);
      const categories = await KeptCategories.open(db);
      let store = new EventStoreDbStore({ url: url(), snapshots, categories, limits });
      return {
        store,
        gapless: false,
        reopen: async () => {
          await store.close();
          store = new EventStoreDbStore({ url: url(), snapshots, categories, limits });
          return store;
        },
        dispose: async () => {
          await store.close();
          await db.destroy();
        },
      };
    },
    { restarts: true, losesAnswers: false },
  );

  describe('positions on a real server', () => {
    it('of the events of one append grow, and each is a place to go on from', async () => {
      const db = openSqliteReadModel({ file: ':memory:' });
      const snapshots = await KyselySnapshots.open(db);
      const categories = await KeptCategories.open(db);
      const store = new EventStoreDbStore({ url: url(), snapshots, categories, limits });
      const category = newCategory();
      const stream = newStream(category);
      const { position } = await append(store, {
        ...{ stream, expectedRevision: 'no-stream', events: numbered(0, 4) },
      });
      const events = await store.readStream(stream);
      expect(events.at(-1)?.position).toBe(position);
      for (const [n, event] of events.entries()) {
        const rest = await store.readAll({ after: event.position, categories: [category] });
        expect(numbersOf(rest)).toEqual([0, 1, 2, 3, 4].slice(n + 1));
      }
      await store.close();
      await db.destroy();
    });
  });
}
