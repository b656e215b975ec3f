import { type EventStore, type RecordedEvent, WrongExpectedRevision } from '@fidelis/event-store';
import {
  append,
  isStrictlyIncreasing,
  newCategory,
  newEvent,
  newStream,
  readAllAfter,
} from './fixtures';
import type { Running } from './harness';

const WRITERS = 64;
const APPENDS_EACH = 10;

export function describeConcurrency(running: Running): void {
  describe('64 writers at once', () => {
    it('each find their own stream whole and in order', async () => {
      const category = newCategory();
      const streams = Array.from({ length: WRITERS }, () => newStream(category));
      await Promise.all(streams.map((stream) => writeAlone(running.store, stream)));
      for (const stream of streams) {
        const events = await running.store.readStream(stream);
        expect(events.map(({ revision }) => revision)).toEqual([...Array(30).keys()]);
        expect(isStrictlyIncreasing(events.map(({ position }) => position))).toBe(true);
      }
      expect(await readAllAfter(running.store, -1, [category])).toHaveLength(1920);
    });

    it('on one stream lose nothing and write nothing twice', async () => {
      const stream = newStream();
      const writers = Array.from({ length: WRITERS }, (_, n) => compete(running.store, stream, n));
      await Promise.all(writers);
      const events = await running.store.readStream(stream);
      expect(events.map(({ revision }) => revision)).toEqual([...Array(64).keys()]);
      const writersSeen = events.map(({ data }) => Number(data['n'])).sort((a, b) => a - b);
      expect(writersSeen).toEqual([...Array(64).keys()]);
    });

    it('are seen by a reader in the order of the positions, none skipped or repeated', async () => {
      const category = newCategory();
      const after = await running.store.headOf();
      const streams = Array.from({ length: WRITERS }, () => newStream(category));
      const written = Promise.all(streams.map((stream) => writeAlone(running.store, stream)));
      const readers = [1, 7, 100].map((limit) =>
        readUntil(running.store, { after, category, limit, count: 1920 }),
      );
      await written;
      const [slow = [], ...others] = await Promise.all(readers);
      for (const other of others) expect(other).toEqual(slow);
      const positions = slow.map(({ position }) => position);
      expect(isStrictlyIncreasing(positions)).toBe(true);
      expect(new Set(slow.map(({ id }) => id)).size).toBe(1920);
      if (!running.harness.gapless) return;
      expect(positions).toEqual([...Array(1920).keys()].map((i) => after + 1 + i));
    });
  });
}

/** Ten appends of three events. */
async function writeAlone(store: EventStore, stream: string): Promise<void> {
  let expectedRevision: number | 'no-stream' = 'no-stream';
  for (let i = 0; i < APPENDS_EACH; i += 1) {
    const events = [newEvent({ i }), newEvent({ i }), newEvent({ i })];
    ({ revision: expectedRevision } = await append(store, { stream, expectedRevision, events }));
  }
}

/** Loads and appends again until it wins, as a command handler does. */
async function compete(store: EventStore, stream: string, n: number): Promise<void> {
  const events = [newEvent({ n })];
  for (;;) {
    const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    try {
      await append(store, { stream, expectedRevision: last?.revision ?? 'no-stream', events });
      return;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}

interface ReadUntil {
  readonly after: number;
  readonly category: string;
  readonly limit: number;
  readonly count: number;
}

async function readUntil(
  store: EventStore,
  { after, category, limit, count }: ReadUntil,
): Promise<readonly RecordedEvent[]> {
  const seen: RecordedEvent[] = [];
  let from = after;
  while (seen.length < count) {
    const page = await store.readAll({ after: from, categories: [category], limit });
    seen.push(...page);
    from = page.at(-1)?.position ?? from;
    if (page.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return seen;
}
