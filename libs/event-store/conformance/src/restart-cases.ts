import { type RecordedEvent, START, WrongExpectedRevision } from '@fidelis/event-store';
import {
  append,
  newCategory,
  newStream,
  numbered,
  numbersOf,
  readAllAfter,
  until,
} from './fixtures';
import type { EventStoreHarness, Running } from './harness';

export function describeRestart(running: Running): void {
  describe('after a restart', () => {
    it('a stream, its head and the heads of its category are as before', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const request = { stream, expectedRevision: 'no-stream', events: numbered(0, 299) } as const;
      const first = await append(running.store, request);
      const store = await reopened(running.harness);
      expect(numbersOf(await store.readStream(stream))).toEqual([...Array(300).keys()]);
      expect(await store.headOf([category])).toBe(first.position);
      expect(await append(store, request)).toEqual(first);
      const late = append(store, { stream, expectedRevision: 'no-stream', events: numbered(9, 9) });
      await expect(late).rejects.toThrow(WrongExpectedRevision);
      const next = await append(store, {
        ...{ stream, expectedRevision: 299, events: numbered(300, 300) },
      });
      expect(next.revision).toBe(300);
      expect(next.position).toBeGreaterThan(first.position);
    });

    it('indexed categories have their events, and those that come then', async () => {
      const category = newCategory();
      const stream = newStream(category);
      running.store.indexCategories?.([category]);
      const request = { stream, expectedRevision: 'no-stream', events: numbered(0, 4) } as const;
      const { position } = await append(running.store, request);
      expect(await running.store.headOf([category])).toBe(position);
      const store = await reopened(running.harness);
      store.indexCategories?.([category]);
      expect(await store.headOf([category])).toBe(position);
      expect(numbersOf(await readAllAfter(store, START, [category]))).toEqual([0, 1, 2, 3, 4]);
      await append(store, { stream, expectedRevision: 4, events: numbered(5, 6) });
      const events = await readAllAfter(store, START, [category]);
      expect(numbersOf(events)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(await store.headOf([category])).toBe(events.at(-1)?.position);
    });

    it('a subscription goes on behind its checkpoint', async () => {
      const category = newCategory();
      const stream = newStream(category);
      await append(running.store, {
        stream,
        expectedRevision: 'no-stream',
        events: numbered(0, 4),
      });
      const checkpoint = (await running.store.readStream(stream))[1]?.position ?? START;
      const store = await reopened(running.harness);
      const seen: RecordedEvent[] = [];
      const subscription = store.subscribe({
        ...{ name: 'resumed', after: checkpoint, categories: [category], batchSizeMax: 2 },
        onBatch: (events) => {
          seen.push(...events);
          return Promise.resolve();
        },
      });
      await append(store, { stream, expectedRevision: 4, events: numbered(5, 6) });
      await until(() => seen.length >= 5);
      await subscription.stop();
      expect(numbersOf(seen)).toEqual([2, 3, 4, 5, 6]);
    });

    it('snapshots of a store that was closed in order are there', async () => {
      const stream = newStream();
      const snapshot = { revision: 3, version: 1, state: { points: 7 } };
      await running.store.snapshots.write(stream, snapshot, [{ operationId: 'o', revision: 2 }]);
      const store = await reopened(running.harness);
      expect(await store.snapshots.read(stream)).toEqual(snapshot);
      expect(await store.snapshots.findOperation(stream, 'o')).toBe(2);
    });
  });
}

function reopened({ reopen }: EventStoreHarness) {
  if (reopen === undefined) throw new Error('these cases are for stores that can be reopened');
  return reopen();
}
