import {
  append,
  newCategory,
  newEvent,
  newStream,
  numbered,
  numbersOf,
  until,
} from '@fidelis/event-store-conformance';
import { type EventStore, type RecordedEvent, START } from '@fidelis/event-store';
import { type TestStore, openTestStore } from './test-store';

let test: TestStore;

beforeEach(async () => {
  test = await openTestStore();
});
afterEach(async () => {
  await test.dispose();
});

function collect(store: EventStore, category: string) {
  const seen: RecordedEvent[] = [];
  const errors: unknown[] = [];
  const subscription = store.subscribe({
    ...{ name: 'collect', after: START, categories: [category], batchSizeMax: 100 },
    onError: (error) => errors.push(error),
    onBatch: (events) => {
      seen.push(...events);
      return Promise.resolve();
    },
  });
  return { seen, errors, subscription };
}

/** Appends one event after another; `n` counts up. */
async function writeOn(store: EventStore, stream: string, [from, to]: readonly [number, number]) {
  for (let n = from; n <= to; n += 1) {
    const expectedRevision = n === 0 ? 'no-stream' : n - 1;
    await append(store, { stream, expectedRevision, events: numbered(n, n) });
  }
}

describe('a server that is silent', () => {
  it('lets an append fail at its deadline with an unknown outcome; again, it counts once', async () => {
    const store = await test.another({ deadlineMs: 300 });
    const stream = newStream();
    const request = { stream, expectedRevision: 'no-stream', events: numbered(0, 1) } as const;
    test.server.faults.silentFor(900);
    const begun = performance.now();
    const silent = append(store, request);
    await expect(silent).rejects.toMatchObject({ name: 'OperationalError', outcomeUnknown: true });
    expect(performance.now() - begun).toBeLessThan(900);
    // The server wakes up and answers those who have given up: nobody minds.
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await append(store, request)).revision).toBe(1);
    expect(numbersOf(await store.readStream(stream))).toEqual([0, 1]);
  });

  it('lets reads fail at their deadline, and serves the next ones', async () => {
    const store = await test.another({ deadlineMs: 300 });
    const stream = newStream();
    await writeOn(store, stream, [0, 0]);
    test.server.faults.silentFor(600);
    await expect(store.readStream(stream)).rejects.toMatchObject({ name: 'OperationalError' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(numbersOf(await store.readStream(stream))).toEqual([0]);
  });

  it('does not hold up a store that is closed', async () => {
    const store = await test.another({ deadlineMs: 300, searchMs: 60_000 });
    collect(store, newCategory());
    test.server.faults.silentFor(20_000);
    const begun = performance.now();
    await store.close();
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('delays subscriptions, which miss nothing', async () => {
    const category = newCategory();
    const stream = newStream(category);
    const { seen, subscription } = collect(test.store, category);
    await writeOn(test.store, stream, [0, 2]);
    test.server.faults.silentFor(300);
    await writeOn(test.store, stream, [3, 5]);
    await until(() => seen.length >= 6);
    await subscription.stop();
    expect(numbersOf(seen)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a server that is slow', () => {
  it('is waited for', async () => {
    const stream = newStream();
    test.server.faults.slowBy(100);
    await writeOn(test.store, stream, [0, 1]);
    expect(numbersOf(await test.store.readStream(stream))).toEqual([0, 1]);
  });
});

describe('another leader', () => {
  it('takes over the appends under way, each counts once, and no subscription misses one', async () => {
    const category = newCategory();
    const streams = Array.from({ length: 8 }, () => newStream(category));
    const store = await test.another({ deadlineMs: 20_000 });
    const { seen, subscription } = collect(store, category);
    const writing = Promise.all(streams.map((stream) => writeOn(store, stream, [0, 39])));
    await until(() => seen.length >= 40);
    await test.server.changeLeader();
    await until(() => seen.length >= 160);
    await test.server.changeLeader();
    await writing;
    await until(() => seen.length >= 320);
    await subscription.stop();
    for (const stream of streams) {
      expect(numbersOf(await test.store.readStream(stream))).toEqual([...Array(40).keys()]);
    }
    const stored = await test.store.readAll({ after: START, categories: [category] });
    expect(seen.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
  });
});

describe('a subscription', () => {
  it('goes on behind its place when the server drops it', async () => {
    const category = newCategory();
    const stream = newStream(category);
    const { seen, errors, subscription } = collect(test.store, category);
    for (const from of [0, 10, 20]) {
      await writeOn(test.store, stream, [from, from + 9]);
      await until(() => seen.length >= from + 10);
      test.server.dropSubscriptions();
    }
    await writeOn(test.store, stream, [30, 34]);
    await until(() => seen.length >= 35);
    await subscription.stop();
    expect(numbersOf(seen)).toEqual([...Array(35).keys()]);
    expect(errors.length).toBeGreaterThanOrEqual(3);
    expect(String(errors[0])).toContain('dropped');
  });

  it('is opened again when the server has forgotten it without a word', async () => {
    const category = newCategory();
    const stream = newStream(category);
    const { seen, subscription } = collect(test.store, category);
    await writeOn(test.store, stream, [0, 2]);
    await until(() => seen.length >= 3);
    test.server.faults.forgetSubscriptions();
    await writeOn(test.store, stream, [3, 5]);
    await until(() => seen.length >= 6);
    await subscription.stop();
    expect(numbersOf(seen)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('outlives a restart of the server', async () => {
    const category = newCategory();
    const stream = newStream(category);
    const { seen, subscription } = collect(test.store, category);
    await writeOn(test.store, stream, [0, 4]);
    await until(() => seen.length >= 5);
    await test.restartServer();
    await writeOn(test.store, stream, [5, 9]);
    await until(() => seen.length >= 10);
    await subscription.stop();
    expect(numbersOf(seen)).toEqual([...Array(10).keys()]);
  });
});

describe('a server that is away', () => {
  it('fails appends and reads as operational errors, and they succeed when it is back', async () => {
    const stream = newStream();
    const request = { stream, expectedRevision: 'no-stream', events: [newEvent()] } as const;
    const store = await test.another({ deadlineMs: 500 });
    await test.server.stop();
    await expect(append(store, request)).rejects.toMatchObject({ name: 'OperationalError' });
    await expect(store.readStream(stream)).rejects.toMatchObject({ name: 'OperationalError' });
    await expect(store.headOf()).rejects.toMatchObject({ name: 'OperationalError' });
    await test.restartServer();
    expect((await append(test.store, request)).revision).toBe(0);
  });
});
