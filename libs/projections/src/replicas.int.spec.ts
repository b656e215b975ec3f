import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { describeOnDatabases } from '@fidelis/infra';
import { insertRows, type BulkTable } from '@fidelis/read-model';
import type { Projection } from './projection';
import { ProjectionRunner } from './projection-runner';

interface Row {
  readonly position: number;
  readonly id: string;
}
interface Tables {
  readonly seen: Row;
}
const seen: BulkTable<Row> = { name: 'seen', columns: { position: 'bigint', id: 'text' } };

/** Without a key: an event that counted twice would be there twice. */
const view: Projection<Tables> = {
  name: 'seen',
  categories: ['thing'],
  tables: ['seen'],
  create: (db) =>
    db.schema
      .createTable('seen')
      .ifNotExists()
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .execute(),
  apply: (trx, events) =>
    insertRows(trx as unknown as Kysely<never>, seen, {
      rows: events.map(({ position, id }) => ({ position, id })),
    }),
};

const idOf = (index: number): string =>
  `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

async function append(store: MemoryEventStore, from: number, to: number): Promise<void> {
  for (let index = from; index <= to; index += 1) {
    await store.append({
      stream: `thing-${index}`,
      expectedRevision: 'no-stream',
      events: [
        {
          id: idOf(index),
          type: 'Happened',
          data: {},
          metadata: { recordedAt: '2026-11-22T09:00:00.000Z', operationId: `o${index}` },
        },
      ],
    }).durable;
  }
}

/** As a process that is paused is: it stands between its batch's arrival and its transaction. */
function paused(store: MemoryEventStore): {
  readonly feed: MemoryEventStore;
  readonly wake: () => void;
  readonly asleep: Promise<void>;
} {
  let wake = (): void => undefined;
  let sleeps = (): void => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  const asleep = new Promise<void>((resolve) => (sleeps = resolve));
  const feed = Object.create(store) as MemoryEventStore;
  feed.subscribe = (options) =>
    store.subscribe({
      ...options,
      onBatch: async (events) => {
        sleeps();
        await woken;
        await options.onBatch(events);
      },
    });
  return { feed, wake, asleep };
}

/** Ends after so many batches. */
function endingAfter(store: MemoryEventStore, batches: number): MemoryEventStore {
  const feed = Object.create(store) as MemoryEventStore;
  let given = 0;
  feed.subscribe = (options) =>
    store.subscribe({
      ...options,
      onBatch: async (events) => {
        given += 1;
        if (given <= batches) await options.onBatch(events);
      },
    });
  return feed;
}

describeOnDatabases('a view that two replicas feed', (databases) => {
  let store: MemoryEventStore;
  let db: Kysely<Tables>;
  const runners: ProjectionRunner<Tables>[] = [];

  const replica = (eventStore: MemoryEventStore, batchSizeMax = 1000) => {
    const runner = new ProjectionRunner({
      ...{ service: 'test', eventStore, db, projection: view, batchSizeMax },
    });
    runners.push(runner);
    return runner;
  };
  const ids = async (): Promise<string[]> =>
    (await db.selectFrom('seen').select('id').orderBy('position').execute()).map(({ id }) => id);
  const expected = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => idOf(index + 1));

  beforeEach(() => {
    store = new MemoryEventStore();
    db = databases.open<Tables>();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
  });

  it('shows each event once when a batch overlaps what the other one did meanwhile', async () => {
    const { feed, wake, asleep } = paused(store);
    const late = replica(feed);
    await late.prepare();
    await append(store, 1, 20);
    await late.start();
    await asleep; // with 1 to 20 in its hands
    const other = replica(endingAfter(store, 3), 5);
    await other.start();
    while ((await ids()).length < 15) await sleep(5);
    await other.stop();
    await append(store, 21, 30);
    wake();
    await late.reachHead();
    expect(await ids()).toEqual(expected(30));
  });

  it('shows each event once when both go on side by side', async () => {
    const [one, two] = [replica(store, 3), replica(store, 7)];
    await Promise.all([one.start(), two.start()]);
    await append(store, 1, 100);
    await Promise.all([one.reachHead(), two.reachHead()]);
    expect(await ids()).toEqual(expected(100));
  });

  it('takes each event in again after a rebuild that another replica asked for', async () => {
    const one = replica(store, 10);
    await one.start();
    await append(store, 1, 50);
    await one.reachHead();
    const two = replica(store);
    await two.rebuild();
    await two.stop();
    await append(store, 51, 60);
    await one.reachHead();
    expect(await ids()).toEqual(expected(60));
  });

  it('is awaited on a replica that stands by', async () => {
    const [one, standby] = [replica(store), replica(store)];
    await Promise.all([one.start(), standby.prepare()]);
    await append(store, 1, 3);
    await Promise.all([one.reachHead(), standby.reachHead()]);
    expect(standby.position).toBe(await store.headOf());
    await one.stop();
    await append(store, 4, 4);
    await expect(standby.reachHead(200)).rejects.toThrow('within 200 ms');
  });
});
