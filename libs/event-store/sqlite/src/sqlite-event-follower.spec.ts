import { type RecordedEvent, type Subscription } from '@fidelis/event-store';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FeedHeads, SqliteEventFollower } from './sqlite-event-follower';
import { SqliteEventStore } from './sqlite-event-store';

const CATEGORIES = ['often', 'rarely'];

let folder: string;
let store: SqliteEventStore;
let follower: SqliteEventFollower;
let revision: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follower-'));
  store = SqliteEventStore.open({ file: join(folder, 'events.db') });
  revision = -1;
});
afterEach(async () => {
  await follower.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const follow = (limits?: { eventsMax: number; bytesMax: number }): SqliteEventFollower =>
  SqliteEventFollower.open({
    ...{ file: join(folder, 'events.db'), categories: CATEGORIES },
    ...(limits && { limits }),
  });

const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'test' };
const event = (n: number) => ({ id: randomUUID(), type: 'Happened', data: { n }, metadata });

async function write(category: string, numbers: readonly number[]): Promise<void> {
  for (const n of numbers) {
    const stream = `${category}-${category === 'often' ? 'one' : String(n)}`;
    const expectedRevision = category === 'often' && revision >= 0 ? revision : 'no-stream';
    const appended = store.append({ stream, expectedRevision, events: [event(n)] });
    if (category === 'often') ({ revision } = await appended.accepted);
    await appended.durable;
  }
}

async function heads(): Promise<FeedHeads> {
  const all = await Promise.all(
    CATEGORIES.map(async (category) => [category, await store.headOf([category])] as const),
  );
  return { head: await store.headOf(), heads: new Map(all) };
}

class Seen {
  readonly events: RecordedEvent[] = [];
  readonly subscription: Subscription;

  constructor(categories: readonly string[], after = -1) {
    this.subscription = follower.subscribe({
      ...{ name: 'seen', after, categories, batchSizeMax: 7 },
      onBatch: (events) => {
        this.events.push(...events);
        return Promise.resolve();
      },
    });
  }

  get numbers(): readonly unknown[] {
    return this.events.map(({ data }) => data['n']);
  }

  async reaches(count: number): Promise<void> {
    while (this.events.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('a follower of a store’s file', () => {
  it('gives what was there before it, in order, of the categories asked for', async () => {
    await write('often', upTo(20));
    await write('never', [100, 101]);
    await write('rarely', [200]);
    follower = follow();
    const [often, rarely] = [new Seen(['often']), new Seen(['rarely'])];
    await Promise.all([often.reaches(20), rarely.reaches(1)]);
    expect(often.numbers).toEqual(upTo(20));
    expect(rarely.numbers).toEqual([200]);
    expect(await follower.headOf(['often'])).toBe(19);
    expect(await follower.headOf(['rarely'])).toBe(22);
  });

  it('goes on as far as the writer has told, and gives all the same objects', async () => {
    follower = follow();
    const [one, other] = [new Seen(['often']), new Seen(['often', 'rarely'])];
    await write('often', upTo(3));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(one.events).toEqual([]);
    follower.moved(await heads());
    await Promise.all([one.reaches(3), other.reaches(3)]);
    expect(one.events[2]).toBe(other.events[2]);
    await write('rarely', [7]);
    follower.moved(await heads());
    await other.reaches(4);
    expect(other.numbers).toEqual([0, 1, 2, 7]);
    expect(one.numbers).toEqual([0, 1, 2]);
  });

  it('gives each of several readers all of theirs, once and in order, however they go', async () => {
    await write('often', [0]);
    await write('rarely', [1]);
    follower = follow();
    const seen = new Map<string, number[]>();
    const reader = (name: string, categories: readonly string[], batchSizeMax: number) => {
      const positions: number[] = [];
      seen.set(name, positions);
      return follower.subscribe({
        ...{ name, after: -1, categories, batchSizeMax },
        onBatch: async (events) => {
          positions.push(...events.map(({ position }) => position));
          if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 3));
        },
      });
    };
    const subscriptions = [
      reader('quick', CATEGORIES, 5000),
      reader('slow', CATEGORIES, 700),
      reader('rare', ['rarely'], 10),
    ];
    while ((seen.get('rare') ?? []).length < 1) await new Promise((r) => setTimeout(r, 2));
    for (let n = 0; n < 30; n += 1) {
      const events = Array.from({ length: 200 }, (_, i) => event(2 + n * 200 + i));
      await store.append({ stream: 'often-one', expectedRevision: n * 200, events }).durable;
    }
    await write('rarely', [2]);
    follower.moved(await heads());
    const last = 6002;
    while ((seen.get('slow') ?? []).at(-1) !== last) await new Promise((r) => setTimeout(r, 5));
    while ((seen.get('rare') ?? []).length < 2) await new Promise((r) => setTimeout(r, 5));
    expect(seen.get('quick')).toEqual(upTo(last + 1));
    expect(seen.get('slow')).toEqual(upTo(last + 1));
    expect(seen.get('rare')).toEqual([1, last]);
    for (const subscription of subscriptions) await subscription.stop();
  });

  it('hands a backlog on in stretches, so that nobody holds all of it', async () => {
    await write('often', [0]);
    follower = follow();
    const sizes: number[] = [];
    let last = -1;
    const subscription = follower.subscribe({
      ...{ name: 'large', after: -1, categories: ['often'], batchSizeMax: 10_000 },
      onBatch: (events) => {
        sizes.push(events.length);
        last = events.at(-1)?.position ?? last;
        return Promise.resolve();
      },
    });
    while (last < 0) await new Promise((resolve) => setTimeout(resolve, 2));
    for (let n = 0; n < 25; n += 1) {
      const events = Array.from({ length: 200 }, (_, i) => event(1 + n * 200 + i));
      const appended = store.append({ stream: 'often-one', expectedRevision: n * 200, events });
      await appended.durable;
    }
    follower.moved(await heads());
    while (last < 5000) await new Promise((resolve) => setTimeout(resolve, 2));
    // 5,000 events behind the first one: 2,048 positions at a time.
    expect(sizes).toEqual([1, 2048, 2048, 904]);
    await subscription.stop();
  });

  it('reads again what it has forgotten, for somebody who is far behind', async () => {
    follower = follow({ eventsMax: 10, bytesMax: 1_000_000 });
    const quick = new Seen(['often']);
    await write('rarely', [1]);
    for (let n = 0; n < 60; n += 20) {
      await write('often', [n, n + 1, n + 2, ...upTo(17).map((more) => n + 3 + more)]);
      follower.moved(await heads());
      await quick.reaches(n + 20);
    }
    const [late, rarely] = [new Seen(['often'], 0), new Seen(['rarely'])];
    await Promise.all([late.reaches(60), rarely.reaches(1)]);
    expect(late.numbers).toEqual(upTo(60));
    expect(quick.numbers).toEqual(upTo(60));
  });
});
