import { type EventToAppend, START } from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataFolderInUse, DataFolderLock } from './data-folder-lock';
import { SqliteEventReader } from './sqlite-event-reader';
import { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store';

let folder: string;
let stores: SqliteEventStore[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-only-'));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

function open(options: Partial<SqliteEventStoreOptions> = {}): SqliteEventStore {
  const store = SqliteEventStore.open({ file: join(folder, 'events.db'), ...options });
  stores.push(store);
  return store;
}

function numbered(from: number, count: number): EventToAppend[] {
  const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'test' };
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: randomUUID(), type: 'ThingHappened', data: { n: from + i }, metadata },
  }));
}

/** The files as a crash would leave them: copied from under the open store. */
function crashedCopy(): string {
  const copy = join(folder, 'copy.db');
  for (const suffix of ['', '-wal']) {
    const file = join(folder, `events.db${suffix}`);
    if (existsSync(file)) copyFileSync(file, copy + suffix);
  }
  return copy;
}

function eventsOnDisk(file: string): unknown {
  const db = new Database(file, { readonly: true });
  const count = db.prepare('SELECT count(*) FROM events').pluck().get();
  db.close();
  return count;
}

describe('a stream of 50,000 events', () => {
  it('is read in 500 pages forwards within the time of some passes, not of 500', async () => {
    const store = open();
    const stream = 'thing-long';
    for (let n = 0; n < 50_000; n += 1000) {
      const expectedRevision = n === 0 ? 'no-stream' : n - 1;
      await store.append({ stream, expectedRevision, events: numbered(n, 1000) }).durable;
    }
    const started = performance.now();
    let seen = 0;
    while (seen < 50_000) {
      const page = await store.readStream(stream, { fromRevision: seen, limit: 100 });
      expect(page[0]?.data).toEqual({ n: seen });
      expect(page).toHaveLength(100);
      seen += 100;
    }
    // Following the chain from the head for each page would take about 12 million steps, 20 s.
    expect(performance.now() - started).toBeLessThan(5000);
  }, 30_000);
});

describe('a burst of appends', () => {
  it('is on its way to the disk before the last of it is decided', async () => {
    const store = open({ limits: { commitEventsMin: 10 } });
    for (let n = 0; n < 10; n += 1) {
      store.append({ stream: `thing-${n}`, expectedRevision: 'no-stream', events: numbered(n, 1) });
    }
    // This thread does nothing else meanwhile: no turn of its event loop could begin a commit.
    const giveUpAt = performance.now() + 20_000;
    while (eventsOnDisk(join(folder, 'events.db')) !== 10) {
      expect(performance.now()).toBeLessThan(giveUpAt);
    }
    await store.append({
      stream: 'thing-10',
      expectedRevision: 'no-stream',
      events: numbered(10, 1),
    }).durable;
  });
});

describe('a subscriber that lingers', () => {
  it('hardly does so while its batches are light, because what it gathers waits in memory', async () => {
    const store = open();
    const batches: number[] = [];
    const seen = () => batches.reduce((sum, count) => sum + count, 0);
    const subscription = store.subscribe({
      ...{ name: 'test', after: START, categories: ['thing'], batchSizeMax: 1000 },
      ...{ lingerMs: 600_000, isLight: () => true },
      onBatch: (events) => {
        batches.push(events.length);
        return Promise.resolve();
      },
    });
    // Busy is a feed with 200 events between two waits; it goes on, so that no pause ends the wait.
    for (let burst = 0; seen() < 1_000; burst += 1) {
      const stream = `thing-${burst}`;
      await store.append({ stream, expectedRevision: 'no-stream', events: numbered(0, 250) })
        .durable;
      await sleep(10);
    }
    expect(batches.length).toBeGreaterThan(1);
    await subscription.stop();
  }, 60_000);

  it('does so no longer when its busy feed has paused', async () => {
    const store = open();
    const seen: unknown[] = [];
    const subscription = store.subscribe({
      ...{
        name: 'test',
        after: START,
        categories: ['thing'],
        batchSizeMax: 1000,
        lingerMs: 20_000,
      },
      onBatch: async (events) => void seen.push(...events),
    });
    const append = (stream: string, count: number) =>
      store.append({ stream, expectedRevision: 'no-stream', events: numbered(0, count) }).durable;
    await append('thing-many', 300);
    while (seen.length < 300) await sleep(5);
    const pausedAt = performance.now();
    await append('thing-late', 1);
    while (seen.length < 301) await sleep(5);
    // Two or three tenths of the wait; without a look at the feed all of it.
    expect(performance.now() - pausedAt).toBeLessThan(15_000);
    await subscription.stop();
  }, 60_000);
});

describe('a subscriber beside one that lags', () => {
  it.each([
    ['has begun', 0],
    ['waits at the head', 50],
  ])('gets what is committed in one turn when it %s', async (_, waitedMs) => {
    const store = open({ limits: { pendingEventsMax: 4, commitEventsMin: 4 } });
    const append = async (stream: string, count: number) =>
      store.append({ stream, expectedRevision: 'no-stream', events: numbered(0, count) }).accepted;
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const lagging = store.subscribe({
      ...{ name: 'lagging', after: START, categories: ['slow'], batchSizeMax: 1 },
      onBatch: () => held,
    });
    await append('slow-1', 4);
    await sleep(50);
    const seen: string[] = [];
    const late = store.subscribe({
      ...{ name: 'late', after: 3, categories: ['quick'], batchSizeMax: 100 },
      onBatch: (events) => {
        seen.push(...events.map(({ stream }) => stream));
        return Promise.resolve();
      },
    });
    await sleep(waitedMs);
    // Commits in this turn of the event loop: `late` cannot read before it has ended.
    for (const stream of ['quick-1', 'quick-2', 'quick-3']) void append(stream, 4);
    for (let i = 0; i < 400 && seen.length < 12; i += 1) await sleep(5);
    goOn();
    await Promise.all([late.stop(), lagging.stop()]);
    expect(seen).toEqual(['quick-1', 'quick-2', 'quick-3'].flatMap((one) => [one, one, one, one]));
  });
});

describe('heads that were not written when the process ended', () => {
  it.each([
    ['none', { dirtyHeadsMax: 1_000_000 }],
    ['some, and the rest half way', { dirtyHeadsMax: 300, replayEventsMax: 400 }],
  ])('are found in the log: %s were written', async (_, limits) => {
    const store = open({ limits });
    for (let n = 0; n < 1000; n += 1) {
      const stream = `thing-${n % 700}`;
      const expectedRevision = n < 700 ? 'no-stream' : 0;
      const { durable } = store.append({ stream, expectedRevision, events: numbered(n, 1) });
      if (n % 50 === 49) await durable;
    }
    const after = SqliteEventStore.open({ file: crashedCopy() });
    stores.push(after);
    expect(await after.headOf(['thing'])).toBe(999);
    for (let n = 0; n < 700; n += 1) {
      const last = n < 300 ? 1 : 0;
      const stream = `thing-${n}`;
      const early = after.append({ stream, expectedRevision: 'no-stream', events: numbered(0, 1) });
      await expect(early.accepted).rejects.toMatchObject({ actualRevision: last });
      expect(await after.readStream(stream)).toHaveLength(last + 1);
    }
  });
});

describe('a category with few events in a long log', () => {
  it('is read and has its head, before and after a restart', async () => {
    const store = open();
    const places = [0, 1023, 1024, 5000, 9999];
    for (let n = 0; n < 10_000; n += 1) {
      const stream = `${places.includes(n) ? 'rare' : 'usual'}-${n}`;
      const events = numbered(n, 1);
      const { durable } = store.append({ stream, expectedRevision: 'no-stream', events });
      if (n % 500 === 0) await durable;
    }
    await store.append({
      stream: 'usual-last',
      expectedRevision: 'no-stream',
      events: numbered(0, 1),
    }).durable;
    await store.close();
    const again = open();
    const rare = await again.readAll({ after: START, categories: ['rare'] });
    expect(rare.map(({ position }) => position)).toEqual(places);
    const behind = await again.readAll({ after: 1023, categories: ['rare'], limit: 2 });
    expect(behind.map(({ position }) => position)).toEqual([1024, 5000]);
    expect(await again.headOf(['rare'])).toBe(9999);
    expect(await again.headOf(['usual', 'rare'])).toBe(10_000);
    expect(await again.headOf(['never'])).toBe(START);
  });
});

describe('an append that is accepted but not durable', () => {
  it('is not shown by readAll; readStream waits for it', async () => {
    const store = open();
    const { accepted } = store.append({
      ...{ stream: 'thing-1', expectedRevision: 'no-stream', events: numbered(0, 1) },
    });
    await accepted;
    expect(await store.readAll({ after: START })).toEqual([]);
    expect(await store.headOf()).toBe(START);
    expect(await store.readStream('thing-1')).toHaveLength(1);
    expect(await store.headOf()).toBe(0);
  });
});

describe('a stream that nobody has written', () => {
  it('is known to be absent until an append is accepted, and never again after that', async () => {
    const store = open();
    expect(store.isAbsent('thing-1')).toBe(true);
    const append = { stream: 'thing-1', expectedRevision: 'no-stream' } as const;
    const { durable } = store.append({ ...append, events: numbered(0, 1) });
    expect(store.isAbsent('thing-1')).toBe(false);
    await durable;
    const late = store.append({ ...append, events: numbered(1, 1) });
    await expect(late.accepted).rejects.toMatchObject({ actualRevision: 0 });
    await store.close();
    const again = open();
    expect([again.isAbsent('thing-1'), again.isAbsent('thing-2')]).toEqual([false, true]);
  });
});

describe('a batch that is full', () => {
  it('is on disk before the append that filled it returns', async () => {
    const store = open({ limits: { pendingEventsMax: 4 } });
    for (let n = 0; n < 3; n += 1) {
      store.append({ stream: `thing-${n}`, expectedRevision: 'no-stream', events: numbered(n, 1) });
    }
    expect(eventsOnDisk(join(folder, 'events.db'))).toBe(0);
    store.append({ stream: 'thing-3', expectedRevision: 'no-stream', events: numbered(3, 1) });
    expect(eventsOnDisk(join(folder, 'events.db'))).toBe(4);
  });
});

describe('a commit that fails', () => {
  it('rejects what was accepted with an unknown outcome and ends the store', async () => {
    const fatal: Error[] = [];
    const store = open({ onFatal: (error) => fatal.push(error) });
    await store.append({ stream: 'thing-1', expectedRevision: 'no-stream', events: numbered(0, 1) })
      .durable;
    const intruder = new Database(join(folder, 'events.db'));
    intruder.exec('BEGIN IMMEDIATE');
    const { accepted, durable } = store.append({
      ...{ stream: 'thing-1', expectedRevision: 0, events: numbered(1, 1) },
    });
    expect((await accepted).revision).toBe(1);
    await expect(durable).rejects.toMatchObject({ name: 'OperationalError', outcomeUnknown: true });
    expect(fatal.map(({ message }) => message)).toEqual([
      'the event store could not write: database is locked',
    ]);
    const later = store.append({
      ...{ stream: 'thing-2', expectedRevision: 'no-stream', events: numbered(0, 1) },
    });
    await expect(later.accepted).rejects.toMatchObject({ outcomeUnknown: false });
    await expect(store.readStream('thing-1')).rejects.toBeInstanceOf(OperationalError);
    await store.close();
    intruder.close();
    expect(await open().readStream('thing-1')).toHaveLength(1);
  });
});

describe('a store that was closed', () => {
  it('has written what it accepted, and accepts nothing more', async () => {
    const store = open();
    const request = { stream: 'thing-1', expectedRevision: 'no-stream' } as const;
    const pending = store.append({ ...request, events: numbered(0, 1) });
    await store.close();
    await pending.durable;
    const late = store.append({ ...request, stream: 'thing-2', events: numbered(0, 1) });
    await expect(late.accepted).rejects.toBeInstanceOf(OperationalError);
    expect(await open().readStream('thing-1')).toHaveLength(1);
  });
});

describe('SqliteEventReader', () => {
  it('shows the state at its opening while the store goes on', async () => {
    const store = open();
    const stream = 'thing-1';
    await store.append({ stream, expectedRevision: 'no-stream', events: numbered(0, 2) }).durable;
    const reader = SqliteEventReader.open(join(folder, 'events.db'));
    await store.append({ stream, expectedRevision: 1, events: numbered(2, 1) }).durable;
    expect(await reader.readStream(stream)).toHaveLength(2);
    expect(await reader.readAll({ after: START })).toHaveLength(2);
    expect(await reader.headOf(['thing'])).toBe(1);
    expect(await reader.readStream('thing-2')).toEqual([]);
    reader.close();
    expect(await store.readStream(stream)).toHaveLength(3);
  });

  it('reads the files of a process that was killed', async () => {
    const store = open();
    const stream = 'thing-1';
    await store.append({ stream, expectedRevision: 'no-stream', events: numbered(0, 2) }).durable;
    const reader = SqliteEventReader.open(crashedCopy());
    expect(await reader.readStream(stream)).toHaveLength(2);
    reader.close();
  });

  it('refuses a file of a schema that it does not know', () => {
    const file = join(folder, 'other.db');
    new Database(file).exec('PRAGMA user_version = 99').close();
    expect(() => SqliteEventReader.open(file)).toThrow('has schema 99');
    expect(() => SqliteEventStore.open({ file })).toThrow('has schema 99');
    expect(() => SqliteEventReader.open(join(folder, 'absent.db'))).toThrow();
  });
});

describe('DataFolderLock', () => {
  it('admits one holder at a time and makes the folder', () => {
    const data = join(folder, 'new', 'data');
    const first = DataFolderLock.acquire(data);
    expect(() => DataFolderLock.acquire(data)).toThrow(DataFolderInUse);
    first.release();
    DataFolderLock.acquire(data).release();
  });
});
