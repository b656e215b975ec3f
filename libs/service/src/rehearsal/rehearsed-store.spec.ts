import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision, type EventStore, type EventToAppend } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { RehearsedStore } from './rehearsed-store';

const event = (type: string): EventToAppend => ({
  id: randomUUID(),
  type,
  data: {},
  metadata: { recordedAt: '2026-11-30T10:00:00.000Z', operationId: type },
});

async function append(store: EventStore, stream: string, ...types: string[]): Promise<void> {
  const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expectedRevision = last?.revision ?? 'no-stream';
  const pending = store.append({ stream, expectedRevision, events: types.map(event) });
  await pending.accepted;
  await pending.durable;
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

  it('carries the streams that were written last, whole and not without end', async () => {
    for (let n = 0; n < 600; n += 1) await append(store, `ticket-${n}`, `T${n}`);
    await append(store, 'account-ann', 'C', 'D');
    const carried = store.toCarry();
    expect(carried.length).toBeLessThanOrEqual(500);
    expect(types(carried).slice(0, 3)).toEqual(['C', 'D', 'T599']);
  });
});
