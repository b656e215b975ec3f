import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision, type EventStore, type EventToAppend } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { OperationalError } from '@fidelis/kernel';
import { RehearsedStore } from './rehearsed-store';

const event = (type: string, data = {}): EventToAppend => ({
  id: randomUUID(),
  type,
  data,
  metadata: { recordedAt: '2026-11-30T10:00:00.000Z', operationId: type },
});

async function append(store: EventStore, stream: string, ...types: string[]): Promise<void> {
  const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expectedRevision = last?.revision ?? 'no-stream';
  const pending = store.append({ stream, expectedRevision, events: types.map(event) });
  await pending.accepted;
  await pending.durable;
}

const MIB = 1024 * 1024;
const LARGE = 100 * 1024;

async function appendLarge(store: EventStore, stream: string, count: number): Promise<void> {
  const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const events = Array.from({ length: count }, () => event('Large', { note: 'x'.repeat(LARGE) }));
  const expectedRevision = last?.revision ?? 'no-stream';
  await store.append({ stream, expectedRevision, events }).accepted;
}

const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

describe('a rehearsed store', () => {
  let stored: MemoryEventStore;
  let store: RehearsedStore;
  beforeEach(async () => {
    stored = new MemoryEventStore();
    await append(stored, 'account-ann', 'A', 'B');
    store = new RehearsedStore(stored);
  });

  it('shows what it wrote after what is stored, and stores nothing', async () => {
    const before = await stored.headOf();
    await append(store, 'account-ann', 'C', 'D');
    await append(store, 'account-bob', 'E');
    expect(types(await store.readStream('account-ann'))).toEqual(['A', 'B', 'C', 'D']);
    const page = { fromRevision: 1, limit: 2 };
    expect(types(await store.readStream('account-ann', page))).toEqual(['B', 'C']);
    const back = { direction: 'backwards', fromRevision: 2, limit: 2 } as const;
    expect(types(await store.readStream('account-ann', back))).toEqual(['C', 'B']);
    expect(await stored.headOf()).toBe(before);
    expect(await stored.readStream('account-bob')).toEqual([]);
  });

  it('reads all in one order, its own at the end', async () => {
    await append(store, 'account-bob', 'C');
    await append(store, 'vendor-x', 'D');
    const all = await store.readAll({ after: -1, categories: ['account'] });
    expect(types(all)).toEqual(['A', 'B', 'C']);
    const last = all.at(-1)?.position ?? -1;
    expect(await store.headOf(['account'])).toBe(last);
    expect(await store.headOf()).toBeGreaterThan(last);
    expect(types(await store.readAll({ after: last }))).toEqual(['D']);
  });

  it('conflicts with what was stored before it wrote, and not with what comes later', async () => {
    await append(stored, 'account-ann', 'X');
    const stale = { stream: 'account-ann', expectedRevision: 1, events: [event('C')] };
    await expect(store.append(stale).accepted).rejects.toBeInstanceOf(WrongExpectedRevision);
    await append(store, 'account-ann', 'C');
    await append(stored, 'account-ann', 'Y');
    await append(store, 'account-ann', 'D');
    expect(types(await store.readStream('account-ann'))).toEqual(['A', 'B', 'X', 'C', 'D']);
  });

  it('hides a snapshot that is newer than the stream as it found it', async () => {
    await append(store, 'account-ann', 'C');
    await append(stored, 'account-ann', 'X', 'Y');
    const snapshot = { revision: 3, version: 1, state: {} };
    await stored.snapshots.write('account-ann', snapshot, [{ operationId: 'Y', revision: 3 }]);
    expect(await store.snapshots.read('account-ann')).toBeUndefined();
    expect(await store.snapshots.findOperation('account-ann', 'Y')).toBeUndefined();
    expect(await new RehearsedStore(stored).snapshots.read('account-ann')).toEqual(snapshot);
  });

  it('goes on from what it brought along, and tells what came to that', async () => {
    await append(store, 'account-ann', 'C');
    const elsewhere = new RehearsedStore(stored, store.toCarry());
    await append(elsewhere, 'account-ann', 'D');
    expect(types(elsewhere.news)).toEqual(['D']);
    store.adopt(elsewhere.news);
    expect(types(await store.readStream('account-ann'))).toEqual(['A', 'B', 'C', 'D']);
    expect(() => store.adopt(elsewhere.news)).toThrow('written twice');
  });

  it('counts its bytes as they travel, each event once', async () => {
    await append(store, 'account-ann', 'C');
    const written = await store.readStream('account-ann', { fromRevision: 2 });
    const bytes = JSON.stringify(written).length - '[]'.length;
    expect(store.bytes).toBe(bytes);
    await appendLarge(store, 'ticket-1', 1);
    expect(store.bytes).toBeGreaterThan(bytes + LARGE);
    expect(store.bytes).toBeLessThan(bytes + LARGE + 1024);
  });

  it('carries of what it wrote the streams that were written last, whole, as far as they fit', async () => {
    for (const n of [1, 2, 3, 4]) await appendLarge(store, `ticket-${n}`, 10);
    await append(store, 'membership-ann', 'M');
    // 2 × 15 × 100 KiB fit in 4 MiB beside the last; the long one before them does not.
    await appendLarge(store, 'ticket-long', 45);
    await appendLarge(store, 'ticket-5', 15);
    await appendLarge(store, 'ticket-6', 15);
    const carried = store.toCarry();
    const streams = new Set(carried.map(({ stream }) => stream));
    expect([...streams]).toEqual(['ticket-4', 'membership-ann', 'ticket-5', 'ticket-6']);
    expect(carried).toHaveLength(10 + 1 + 15 + 15);
    expect(JSON.stringify(carried).length).toBeLessThan(8 * MIB);
  });

  it('carries all that others wrote, in a stream of thousands too', async () => {
    const accounts = new RehearsedStore(stored);
    for (let n = 0; n < 3_000; n += 1) await append(accounts, 'account-ann', 'Held');
    store.adopt(accounts.news);
    expect(store.isMuchToCarry).toBe(false);
    await appendLarge(store, 'ticket-1', 50);
    const elsewhere = new RehearsedStore(stored, store.toCarry());
    expect(elsewhere.size).toBe(3_000);
    await append(elsewhere, 'account-ann', 'Last');
    store.adopt(elsewhere.news);
    const back = { direction: 'backwards', limit: 1 } as const;
    expect(await store.readStream('account-ann', back)).toMatchObject([{ revision: 3_002 }]);
  });

  it('fails a question rather than have it answered without what others wrote', async () => {
    const accounts = new RehearsedStore(stored);
    await appendLarge(accounts, 'account-ann', 60);
    store.adopt(accounts.news);
    // 60 × 100 KiB: a new rehearsal should begin, but this one still answers.
    expect(store.isMuchToCarry).toBe(true);
    expect(store.toCarry()).toHaveLength(60);
    const more = new RehearsedStore(stored);
    await appendLarge(more, 'account-bob', 30);
    store.adopt(more.news);
    expect(() => store.toCarry()).toThrow(OperationalError);
    expect(() => store.toCarry()).toThrow('carries at most 8388608 bytes');
  });
});
