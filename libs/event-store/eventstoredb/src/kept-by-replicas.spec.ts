import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type Position, type RecordedEvent, START } from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { openSqliteReadModel } from '@fidelis/read-model';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CategorySet } from './category-set';
import type { Connection } from './connection';
import { AnswerLate } from './failures';
import { KeptCategories, type KeptRow } from './kept-categories';
import { withDefaults } from './limits';
import type { AllPage, Reader } from './reader';
import { Search, type SearchOptions } from './search';

/** An event at 10, 20, … 200, all of one category. */
const PLACES = Array.from({ length: 20 }, (_, n) => (n + 1) * 10);
const event = (position: number): RecordedEvent => ({
  ...{ id: `id-${position}`, type: 'ThingHappened', data: {} },
  metadata: { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'o' },
  ...{ stream: 'thing-1', category: 'thing', revision: 0, position },
});
const positionsOf = ({ events }: AllPage) => events.map(({ position }) => position);
const limits = withDefaults({ keepEveryMs: 0, searchMs: 1000 });
const OPTIONS = { key: 'k', categories: ['thing'], indexed: true };

const calls = {
  lastOf: () => Promise.resolve(200),
  markAt: (place: Position) => {
    const position = PLACES.findLast((one) => one <= place);
    return Promise.resolve(position && { position, id: `id-${position}` });
  },
};
const reader = calls as unknown as Reader;
const search = {
  page: (after: Position, { limit }: SearchOptions) => {
    const events = PLACES.filter((place) => place > after)
      .map(event)
      .slice(0, limit);
    const lookedTo = events.at(-1)?.position ?? after;
    return Promise.resolve({ events, lookedTo, atEnd: events.length < limit });
  },
} as unknown as Search;

let folder: string;
let kept: KeptCategories;
let close: () => Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
  const db = openSqliteReadModel({ file: join(folder, 'kept.db') });
  kept = await KeptCategories.open(db);
  close = () => db.destroy();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

const replica = (parts: { reader?: Reader; search?: Search } = {}): CategorySet =>
  new CategorySet(OPTIONS, { reader, search, limits, kept, ...parts });

/** Reads on from the position, and keeps what it knows then. */
async function read(set: CategorySet, after: Position, limit: number): Promise<number[]> {
  const page = await set.page(after, { limit });
  await set.keep();
  return positionsOf(page);
}

async function keptRow(): Promise<KeptRow> {
  const row = await kept.read('k');
  if (row === undefined) throw new Error('nothing is kept');
  return row;
}

describe('replicas that keep what they know of a category in one table', () => {
  it.each(['before', 'after'])(
    'lose no event when it was forgotten, and one begins anew %s the other goes on',
    async (when) => {
      const [one, other] = [replica(), replica()];
      expect(await read(one, START, 10)).toEqual(PLACES.slice(0, 10));
      const row = await keptRow();
      expect(row.seenTo).toBe(100);
      await kept.forget('k', row);
      if (when === 'before') await read(other, START, 5);
      expect(await read(one, 100, 10)).toEqual(PLACES.slice(10));
      if (when === 'after') await read(other, START, 5);
      // Only up to where all of them are kept: 110 to 200 without 60 to 100 are not.
      expect((await keptRow()).seenTo).toBe(50);
      expect(await read(one, START, 100)).toEqual(PLACES.slice(0, 5));
      expect(await read(one, 50, 100)).toEqual(PLACES.slice(5));
      expect(await read(other, 50, 100)).toEqual(PLACES.slice(5));
      expect((await keptRow()).seenTo).toBe(200);
      expect(await read(replica(), START, 100)).toEqual(PLACES);
      expect(await read(one, START, 100)).toEqual(PLACES);
      expect(await read(other, START, 100)).toEqual(PLACES);
    },
  );

  it('go on from what the other one kept since', async () => {
    const [one, other] = [replica(), replica()];
    await read(one, START, 10);
    expect(await read(other, START, 100)).toEqual(PLACES.slice(0, 10));
    expect(await read(one, 100, 5)).toEqual(PLACES.slice(10, 15));
    expect(await read(other, 100, 10)).toEqual(PLACES.slice(10));
    for (const set of [one, other]) await set.keep();
    expect((await keptRow()).seenTo).toBe(200);
    for (const set of [other, replica()]) expect(await read(set, START, 100)).toEqual(PLACES);
    expect(await read(one, 150, 100)).toEqual(PLACES.slice(15));
  });

  it('forget nothing because the event store failed', async () => {
    await read(replica(), START, 10);
    const row = await keptRow();
    const failing = { ...calls, markAt: () => Promise.reject(new OperationalError('handler')) };
    const set = replica({ reader: failing as unknown as Reader });
    await expect(set.page(START, { limit: 10 })).rejects.toThrow('handler');
    expect(await kept.read('k')).toEqual(row);
  });

  it('forget what lies behind the end of the log', async () => {
    await read(replica(), START, 10);
    const shorter = { ...calls, lastOf: () => Promise.resolve(90) } as unknown as Reader;
    await replica({ reader: shorter }).page(START, { limit: 1 });
    expect((await kept.read('k'))?.seenTo).not.toBe(100);
  });
});

describe('a read that was late near the end of a quiet log', () => {
  it('is followed by a search that ends with a read', async () => {
    const stream = Object.assign(new EventEmitter(), { cancel: () => stream.emit('close') });
    const openRead = () => {
      setImmediate(() => stream.emit('data', new ReadResp().setCaughtUp(new ReadResp.CaughtUp())));
      return Promise.resolve(stream);
    };
    const page = (after: Position) => Promise.resolve({ events: [], lookedTo: after, atEnd: true });
    const end = { page } as unknown as Reader;
    const looking = new Search({ openRead } as unknown as Connection, end, limits);
    const options = { categories: ['thing'], limit: 10, end: 130, isLate: true };
    expect(await looking.page(100, options)).toEqual({ events: [], lookedTo: 130, atEnd: true });
  });

  it('is tried again when the search found nothing in its time', async () => {
    const asked: unknown[] = [];
    const answers: (() => Promise<AllPage>)[] = [
      () => Promise.resolve({ events: [event(10)], lookedTo: 10, atEnd: false, isLate: true }),
      () => Promise.reject(new AnswerLate('search')),
      () => Promise.resolve({ events: [], lookedTo: 10, atEnd: true }),
    ];
    const page = (_: Position, { isLate }: SearchOptions) => {
      asked.push(isLate);
      return answers.shift()?.();
    };
    const set = replica({ search: { page } as unknown as Search });
    expect(positionsOf(await set.page(START, { limit: 10 }))).toEqual([10]);
    await expect(set.page(10, { limit: 10 })).rejects.toThrow(AnswerLate);
    expect(await set.page(10, { limit: 10 })).toMatchObject({ atEnd: true });
    expect(asked).toEqual([false, true, false]);
    await set.keep();
  });
});
