import type {
  EventStore,
  RecordedEvent,
  SubscribeOptions,
  Subscription,
} from '@fidelis/event-store';
import { START } from '@fidelis/event-store';
import { append, newCategory, newStream, numbered, numbersOf, until } from './fixtures';
import type { Running } from './harness';

export function describeSubscription(running: Running): void {
  describe('subscribe', () => {
    it('catches up and goes on live without a gap or a repetition', async () => {
      const category = newCategory();
      await write(running.store, newStream(category), [0, 99]);
      const seen: RecordedEvent[] = [];
      const live = [100, 200, 300].map(async (from) => {
        await new Promise((resolve) => setTimeout(resolve, from / 50));
        await write(running.store, newStream(category), [from, from + 99]);
      });
      const subscription = collect(running.store, category, { seen, batchSizeMax: 7 });
      await Promise.all(live);
      await until(() => seen.length >= 400);
      await subscription.stop();
      const numbers = numbersOf(seen).map(Number);
      expect(numbers.sort((a, b) => a - b)).toEqual([...Array(400).keys()]);
      const stored = await running.store.readAll({ after: START, categories: [category] });
      expect(seen.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    });

    it('delivers only the categories asked for', async () => {
      const [wanted, other] = [newCategory(), newCategory()];
      const seen: RecordedEvent[] = [];
      const subscription = collect(running.store, wanted, { seen });
      for (let n = 0; n < 10; n += 1) {
        await write(running.store, newStream(other), [100 + n, 100 + n]);
        await write(running.store, newStream(wanted), [n, n]);
      }
      await until(() => seen.length >= 10);
      await subscription.stop();
      expect(numbersOf(seen)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it('lingers on a busy feed, but for whoever is in a hurry', async () => {
      const category = newCategory();
      const seen: RecordedEvent[] = [];
      const lingering = { seen, batchSizeMax: 100, lingerMs: 60_000 };
      // Before the subscription: events that arrive one by one may make it linger earlier.
      await write(running.store, newStream(category), [0, 199]);
      const subscription = collect(running.store, category, lingering);
      await until(() => seen.length >= 200);
      await write(running.store, newStream(category), [200, 209]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(seen).toHaveLength(200);
      subscription.hurry();
      await until(() => seen.length >= 210);
      await subscription.stop();
    });

    it('goes on behind the checkpoint that it is given', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const before: RecordedEvent[] = [];
      await write(running.store, stream, [0, 4]);
      const first = collect(running.store, category, { seen: before, batchSizeMax: 2 });
      await until(() => before.length >= 5);
      await first.stop();
      await append(running.store, { stream, expectedRevision: 4, events: numbered(5, 8) });
      const seen: RecordedEvent[] = [];
      const after = before[2]?.position ?? START;
      const second = collect(running.store, category, { seen, after });
      await until(() => seen.length >= 6);
      await second.stop();
      expect(numbersOf(seen)).toEqual([3, 4, 5, 6, 7, 8]);
    });

    it('delivers one batch at a time, of at most the size asked for', async () => {
      const category = newCategory();
      await write(running.store, newStream(category), [0, 24]);
      const sizes: number[] = [];
      let [delivered, inFlight, inFlightMax] = [0, 0, 0];
      const subscription = running.store.subscribe({
        ...{ name: 'sizes', after: START, categories: [category], batchSizeMax: 10 },
        onBatch: async (events) => {
          inFlight += 1;
          inFlightMax = Math.max(inFlightMax, inFlight);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inFlight -= 1;
          sizes.push(events.length);
          delivered += events.length;
        },
      });
      await until(() => delivered >= 25);
      await subscription.stop();
      expect(sizes.every((size) => size >= 1 && size <= 10)).toBe(true);
      expect([delivered, inFlightMax]).toEqual([25, 1]);
    });

    it('delivers the same batch again when the handler fails, and then goes on', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await write(running.store, stream, [0, 3]);
      const [attempts, errors]: [unknown[][], unknown[]] = [[], []];
      const subscription = running.store.subscribe({
        ...{ name: 'failing', after: START, categories: [category], batchSizeMax: 2 },
        onError: (error) => errors.push(error),
        onBatch: (events) => {
          attempts.push(numbersOf(events));
          if (attempts.length < 3) return Promise.reject(new Error(`failure ${attempts.length}`));
          return Promise.resolve();
        },
      });
      await until(() => attempts.flat().includes(3));
      await append(running.store, { stream, expectedRevision: 3, events: numbered(4, 4) });
      await until(() => attempts.flat().includes(4));
      await subscription.stop();
      expect(attempts).toEqual([[0, 1], [0, 1], [0, 1], [2, 3], [4]]);
      expect(errors).toEqual([new Error('failure 1'), new Error('failure 2')]);
    });

    it('stops when the batch in flight has ended, and delivers nothing afterwards', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await write(running.store, stream, [0, 9]);
      const steps: string[] = [];
      const subscription = running.store.subscribe({
        ...{ name: 'stopping', after: START, categories: [category], batchSizeMax: 3 },
        onBatch: async () => {
          steps.push('begun');
          await new Promise((resolve) => setTimeout(resolve, 30));
          steps.push('ended');
        },
      });
      await until(() => steps.length === 1);
      await subscription.stop();
      steps.push('stopped');
      await append(running.store, { stream, expectedRevision: 9, events: numbered(10, 10) });
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(steps).toEqual(['begun', 'ended', 'stopped']);
    });

    it('stops at once while a failing handler is backed off', async () => {
      const category = newCategory();
      await write(running.store, newStream(category), [0, 0]);
      let failures = 0;
      const subscription = running.store.subscribe({
        ...{ name: 'hopeless', after: START, categories: [category], batchSizeMax: 1 },
        onBatch: () => Promise.reject(new Error('never')),
        onError: () => (failures += 1),
      });
      await until(() => failures >= 3);
      await subscription.stop();
      const failuresAtStop = failures;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(failures).toBe(failuresAtStop);
    });

    it('does not hold up appends while a handler takes long', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await write(running.store, stream, [0, 0]);
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const subscription = running.store.subscribe({
        ...{ name: 'slow', after: START, categories: [category], batchSizeMax: 1 },
        onBatch: () => held,
      });
      await append(running.store, { stream, expectedRevision: 0, events: numbered(1, 1) });
      release();
      await subscription.stop();
      expect(await running.store.readStream(stream)).toHaveLength(2);
    });
  });
}

async function write(
  store: EventStore,
  stream: string,
  [from, to]: readonly [number, number],
): Promise<void> {
  await append(store, { stream, expectedRevision: 'no-stream', events: numbered(from, to) });
}

function collect(
  store: EventStore,
  category: string,
  options: { seen: RecordedEvent[] } & Partial<SubscribeOptions>,
): Subscription {
  const { seen, ...others } = options;
  return store.subscribe({
    ...{ name: 'collect', after: START, categories: [category], batchSizeMax: 100 },
    ...others,
    onBatch: (events) => {
      seen.push(...events);
      return Promise.resolve();
    },
  });
}
