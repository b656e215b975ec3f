import { EventStoreDBClient, binaryEvent, jsonEvent } from '@eventstore/db-client';
import {
  append,
  newCategory,
  newEvent,
  newStream,
  numbered,
  numbersOf,
  readAllAfter,
  until,
} from '@fidelis/event-store-conformance';
import { EventTooLarge, type RecordedEvent, START } from '@fidelis/event-store';
import { randomUUID } from 'node:crypto';
import { EventStoreDbStore } from './event-store-db-store';
import { type TestStore, openTestStore } from './test-store';

let test: TestStore;

beforeEach(async () => {
  test = await openTestStore();
});
afterEach(async () => {
  await test.dispose();
});

describe('positions', () => {
  it('of the events of one append grow, and each is a place to go on from', async () => {
    const category = newCategory();
    const stream = newStream(category);
    const { position } = await append(test.store, {
      ...{ stream, expectedRevision: 'no-stream', events: numbered(0, 4) },
    });
    const events = await test.store.readStream(stream);
    expect(events.at(-1)?.position).toBe(position);
    for (const [n, event] of events.entries()) {
      const rest = await test.store.readAll({ after: event.position, categories: [category] });
      expect(numbersOf(rest)).toEqual([0, 1, 2, 3, 4].slice(n + 1));
    }
  });

  it('have gaps, in which the events of the store itself lie; none of those reaches a reader', async () => {
    const after = await test.store.headOf();
    const seen: RecordedEvent[] = [];
    const subscription = test.store.subscribe({
      ...{ name: 'all', after: START, batchSizeMax: 10 },
      onBatch: (events) => {
        seen.push(...events);
        return Promise.resolve();
      },
    });
    // Every fifty appends the test server writes one of its own.
    for (let n = 0; n < 120; n += 1) {
      await append(test.store, {
        ...{ stream: newStream(), expectedRevision: 'no-stream', events: numbered(n, n) },
      });
    }
    await until(() => seen.length >= 120);
    await subscription.stop();
    const all = await test.store.readAll({ after });
    expect(numbersOf(all)).toEqual([...Array(120).keys()]);
    expect(seen).toEqual(all);
    expect(await test.store.headOf()).toBe(all.at(-1)?.position);
    const gaps = all.map(({ position }, i) => position - (all[i - 1]?.position ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(1);
  });
});

describe('events of other applications', () => {
  it('in streams that are called as ours are reach no reader and do not stop one', async () => {
    const category = newCategory();
    const stream = newStream(category);
    const client = EventStoreDBClient.connectionString(test.server.url);
    const foreign = [
      binaryEvent({ type: 'Picture', data: Buffer.of(1, 2, 3) }),
      jsonEvent({ type: '$linked', data: {} }),
    ];
    await append(test.store, { stream, expectedRevision: 'no-stream', events: numbered(0, 0) });
    for (let n = 0; n < 3; n += 1) await client.appendToStream(stream, foreign);
    await append(test.store, { stream, expectedRevision: 6, events: numbered(7, 7) });
    const { position } = (await test.store.readStream(stream, { direction: 'backwards' }))[0] ?? {};
    await client.appendToStream(stream, foreign);
    expect(numbersOf(await readAllAfter(test.store, START, [category]))).toEqual([0, 7]);
    expect(await test.store.headOf([category])).toBe(position);
    const another = await test.another();
    expect(await another.headOf([category])).toBe(position);
    await client.dispose();
  });
});

describe('headOf', () => {
  it('knows of every append that another process was answered', async () => {
    const [writer, reader] = [test.store, await test.another()];
    const [wanted, other] = [newCategory(), newCategory()];
    let head = START;
    for (let n = 0; n < 60; n += 1) {
      const category = n % 3 === 0 ? wanted : other;
      const events = numbered(n, n);
      const stream = newStream(category);
      const appended = await append(writer, { stream, expectedRevision: 'no-stream', events });
      if (category === wanted) head = appended.position;
      expect(await reader.headOf([wanted])).toBe(head);
      expect(await reader.headOf([wanted, other])).toBe(appended.position);
      expect(await reader.headOf()).toBe(appended.position);
    }
  });

  it('is the start where no category is asked for by name', async () => {
    await append(test.store, {
      ...{ stream: newStream(), expectedRevision: 'no-stream', events: numbered(0, 0) },
    });
    expect(await test.store.headOf([])).toBe(START);
    expect(await test.store.readAll({ after: START, categories: [] })).toEqual([]);
  });

  it('counts for callers at the same time what was answered before each of them asked', async () => {
    const reader = await test.another();
    const category = newCategory();
    const checks: Promise<void>[] = [];
    for (let n = 0; n < 100; n += 1) {
      const request = { stream: newStream(category), expectedRevision: 'no-stream' } as const;
      const { position } = await append(test.store, { ...request, events: numbered(n, n) });
      checks.push(
        reader.headOf([category]).then((head) => {
          expect(head).toBeGreaterThanOrEqual(position);
        }),
      );
    }
    await Promise.all(checks);
  });
});

describe('the feed', () => {
  it('is one subscription on the server for all of the process', async () => {
    const categories = Array.from({ length: 10 }, () => newCategory());
    const seen = new Map<string, unknown[]>();
    for (const category of categories) {
      test.store.subscribe({
        ...{ name: category, after: START, categories: [category], batchSizeMax: 5 },
        onBatch: (events) => {
          seen.set(category, [...(seen.get(category) ?? []), ...numbersOf(events)]);
          return Promise.resolve();
        },
      });
    }
    for (let n = 0; n < 100; n += 1) {
      const stream = newStream(categories[n % 10]);
      const events = numbered(n, n);
      await append(test.store, { stream, expectedRevision: 'no-stream', events });
    }
    await until(() => [...seen.values()].flat().length >= 100);
    expect(test.server.subscriptionCount).toBe(1);
    for (const [n, category] of categories.entries()) {
      expect(seen.get(category)).toEqual([...Array(10).keys()].map((i) => i * 10 + n));
    }
  });

  it('follows further categories from when they are wanted, without losing the earlier ones', async () => {
    const categories = Array.from({ length: 5 }, () => newCategory());
    const seen: RecordedEvent[] = [];
    const written: string[] = [];
    const ending = { now: false };
    const writer = (async () => {
      for (let n = 0; !ending.now; n += 1) {
        const [event] = numbered(n, n);
        if (event === undefined) return;
        const stream = newStream(categories[n % 5]);
        await append(test.store, { stream, expectedRevision: 'no-stream', events: [event] });
        written.push(event.id);
      }
    })();
    for (const category of categories) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      test.store.subscribe({
        ...{ name: category, after: START, categories: [category], batchSizeMax: 3 },
        onBatch: (events) => {
          seen.push(...events);
          return Promise.resolve();
        },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    ending.now = true;
    await writer;
    await until(() => seen.length >= written.length);
    expect(seen.map(({ id }) => id).sort()).toEqual([...written].sort());
  });

  it('leaves a subscription that is far behind to its own pages, which skip and repeat nothing', async () => {
    const store = await test.another({ feedEventsMax: 20 });
    const category = newCategory();
    const [slow, quick]: [RecordedEvent[], RecordedEvent[]] = [[], []];
    const options = { after: START, categories: [category], batchSizeMax: 7 };
    store.subscribe({
      ...{ ...options, name: 'slow' },
      onBatch: async (events) => {
        await new Promise((resolve) => setTimeout(resolve, 4));
        slow.push(...events);
      },
    });
    store.subscribe({
      ...{ ...options, name: 'quick' },
      onBatch: (events) => {
        quick.push(...events);
        return Promise.resolve();
      },
    });
    const streams = Array.from({ length: 4 }, () => newStream(category));
    await Promise.all(
      streams.map(async (stream) => {
        for (let n = 0; n < 60; n += 2) {
          const expectedRevision = n === 0 ? 'no-stream' : n - 1;
          await append(store, { stream, expectedRevision, events: numbered(n, n + 1) });
        }
      }),
    );
    await until(() => slow.length >= 240 && quick.length >= 240);
    const stored = await store.readAll({ after: START, categories: [category] });
    expect(slow.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    expect(quick.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
  });
});

describe('an append', () => {
  it('that is larger than the server takes at a time is refused as too large', async () => {
    const text = 'x'.repeat(400 * 1024);
    const events = [newEvent({ text }), newEvent({ text }), newEvent({ text })];
    const stream = newStream();
    const tooLarge = append(test.store, { stream, expectedRevision: 'no-stream', events });
    await expect(tooLarge).rejects.toThrow(EventTooLarge);
    await expect(tooLarge).rejects.toThrow('exceeds the limit of 1048576');
    expect(await test.store.readStream(stream)).toEqual([]);
  });

  it('waits for its turn when many are under way', async () => {
    const store = await test.another({ appendsInFlightMax: 2 });
    const streams = Array.from({ length: 20 }, () => newStream());
    const appends = streams.map((stream) =>
      append(store, { stream, expectedRevision: 'no-stream', events: numbered(0, 0) }),
    );
    expect((await Promise.all(appends)).map(({ revision }) => revision)).toEqual(Array(20).fill(0));
  });

  it('carries the trace of its request', async () => {
    const stream = newStream();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = newEvent();
    const events = [{ ...event, metadata: { ...event.metadata, traceparent } }];
    await append(test.store, { stream, expectedRevision: 'no-stream', events });
    const [stored] = await test.store.readStream(stream);
    expect(stored?.metadata.traceparent).toBe(traceparent);
  });
});

describe('the connection', () => {
  it('does not repeat a password of a URL that it does not understand', () => {
    const url = 'esdb://admin:very-secret@@@127.0.0.1:1?tls=perhaps';
    const open = () => new EventStoreDbStore({ url, snapshots: test.store.snapshots });
    expect(open).toThrow('not one that its client understands');
    expect(open).not.toThrow('very-secret');
  });

  it('is closed once, and answers nothing afterwards', async () => {
    const store = await test.another();
    const stream = newStream();
    const pending = store.append({ stream, expectedRevision: 'no-stream', events: numbered(0, 0) });
    await store.close();
    await store.close();
    expect((await pending.accepted).revision).toBe(0);
    await expect(store.readStream(stream)).rejects.toThrow('the event store is closed');
    const late = store.append({ stream, expectedRevision: 0, events: [newEvent()] });
    await expect(late.accepted).rejects.toThrow('the event store is closed');
    expect(() => store.subscribe({ ...subscription() })).toThrow('the event store is closed');
  });

  function subscription() {
    const onBatch = () => Promise.resolve();
    return { name: randomUUID(), after: START, batchSizeMax: 1, onBatch };
  }
});
