import { accepted, rejected, type Aggregate, type Decision } from '@fidelis/kernel';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import type { EventStore } from '@fidelis/event-store';
import { AggregateRepository } from './aggregate-repository';
import { chainHash } from './loaded';

interface Deposited {
  readonly type: 'Deposited';
  readonly data: { readonly amount: number };
}
interface Full {
  readonly code: 'full';
  readonly detail: string;
}

const box: Aggregate<number, Deposited> = {
  category: 'box',
  initial: 0,
  evolve: (total, event) => total + event.data.amount,
};

const now = '2026-11-22T10:00:00.000Z';

function deposit(amount: number) {
  return (total: number): Decision<Deposited, Full> =>
    total + amount > 100
      ? rejected({ code: 'full', detail: 'a box holds 100' })
      : accepted({ type: 'Deposited', data: { amount } });
}

function command(operation: string, amount: number, fingerprint?: string) {
  return { id: 'b1', operation: { id: operation, fingerprint }, now, decide: deposit(amount) };
}

/** The same events behind a store that does not promise to have no other writers. */
function shared(store: EventStore): EventStore {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'soleWriter') return false;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('an aggregate repository', () => {
  let store: MemoryEventStore;
  beforeEach(() => {
    store = new MemoryEventStore();
  });
  afterEach(() => store.close());

  test('appends what the decider returns and folds it', async () => {
    const boxes = new AggregateRepository(store, box);
    const handled = await boxes.handle(command('op-1', 40));
    expect(handled).toMatchObject({ outcome: 'accepted', state: 40, revision: 0 });
    expect(await boxes.load('b1')).toEqual({ state: 40, revision: 0 });
  });

  test('does an operation once and gives its events again', async () => {
    const boxes = new AggregateRepository(store, box);
    const first = await boxes.handle(command('op-1', 40));
    const again = await boxes.handle(command('op-1', 40));
    expect(again).toMatchObject({ outcome: 'done', state: 40, revision: 0 });
    expect(again.outcome !== 'rejected' && again.events[0]?.data).toEqual({ amount: 40 });
    expect(first.outcome).toBe('accepted');
    expect(await store.readStream('box-b1')).toHaveLength(1);
  });

  test('refuses an operation id that comes with another content', async () => {
    const boxes = new AggregateRepository(store, box);
    await boxes.handle(command('op-1', 40, 'content-a'));
    const other = await boxes.handle(command('op-1', 41, 'content-b'));
    expect(other).toMatchObject({ outcome: 'rejected', rejection: { code: 'operation_reused' } });
  });

  test('a rejection writes nothing and is not remembered', async () => {
    const boxes = new AggregateRepository(store, box);
    expect(await boxes.handle(command('op-1', 101))).toMatchObject({
      outcome: 'rejected',
      rejection: { code: 'full' },
    });
    expect(await boxes.handle(command('op-1', 100))).toMatchObject({ outcome: 'accepted' });
  });

  test('of 50 commands at once on one stream each sees the one before it', async () => {
    const boxes = new AggregateRepository(store, box);
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => boxes.handle(command(`op-${i}`, 10))),
    );
    expect(results.filter((result) => result.outcome === 'accepted')).toHaveLength(10);
    expect((await boxes.load('b1')).state).toBe(100);
  });

  test('two processes on one stream never overfill it: the tail is read before a decision stands', async () => {
    const here = new AggregateRepository(shared(store), box);
    const there = new AggregateRepository(shared(store), box);
    const results = await Promise.all(
      Array.from({ length: 40 }, async (_, i) =>
        (i % 2 === 0 ? here : there).handle(command(`op-${i}`, 10)),
      ),
    );
    expect(results.filter((result) => result.outcome === 'accepted')).toHaveLength(10);
    expect((await here.load('b1')).state).toBe(100);
  });

  test('an operation that another process did is found by this one', async () => {
    const here = new AggregateRepository(shared(store), box);
    const there = new AggregateRepository(shared(store), box);
    await here.load('b1');
    await there.handle(command('op-1', 60));
    const later = { ...command('op-1', 60), now: '2026-11-22T10:00:01.000Z' };
    expect(await here.handle(later)).toMatchObject({ outcome: 'done', revision: 0 });
  });

  test('starts from a snapshot and still knows the operations below it', async () => {
    const snapshotting = { ...box, snapshot: { version: 1, everyEvents: 5 } };
    const boxes = new AggregateRepository(store, snapshotting);
    for (let i = 0; i < 12; i += 1) {
      const handled = await boxes.handle(command(`op-${i}`, 1));
      if (handled.outcome !== 'rejected') await handled.durable;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await store.snapshots.read('box-b1'))?.revision).toBeGreaterThanOrEqual(4);

    const restarted = new AggregateRepository(store, snapshotting);
    expect(await restarted.load('b1')).toEqual({ state: 12, revision: 11 });
    expect(await restarted.handle(command('op-0', 1))).toMatchObject({ outcome: 'done' });
    expect(await restarted.findOperation('b1', 'op-3')).toMatchObject([{ revision: 3 }]);
  });

  test('looks nowhere for an operation that is known to be new, until an attempt failed', async () => {
    const snapshotting = { ...box, snapshot: { version: 1, everyEvents: 5 } };
    const boxes = new AggregateRepository(store, snapshotting);
    for (let i = 0; i < 8; i += 1) {
      const handled = await boxes.handle(command(`op-${i}`, 1));
      if (handled.outcome !== 'rejected') await handled.durable;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    const lookUp = jest.spyOn(store.snapshots, 'findOperation');
    const isNew = (): boolean => true;
    expect(await boxes.handle({ ...command('op-8', 1), isNew })).toMatchObject({ state: 9 });
    expect(lookUp).not.toHaveBeenCalled();
    expect(await boxes.handle(command('op-1', 1))).toMatchObject({ outcome: 'done', state: 9 });
    expect(lookUp).toHaveBeenCalledTimes(1);
    // Somebody else was quicker with it: its revision is taken, and then it is found.
    const elsewhere = { ...command('op-9', 1), now: '2026-11-22T10:00:01.000Z' };
    await new AggregateRepository(store, snapshotting).handle(elsewhere);
    expect(await boxes.handle({ ...command('op-9', 1), isNew })).toMatchObject({
      ...{ outcome: 'done', state: 10 },
    });
  });

  test('a snapshot of another version of the state is ignored', async () => {
    await store.append({
      stream: 'box-b1',
      expectedRevision: 'no-stream',
      events: [
        {
          id: '00000000-0000-8000-a000-000000000001',
          type: 'Deposited',
          data: { amount: 7 },
          metadata: { recordedAt: now, operationId: 'op-1' },
        },
      ],
    }).durable;
    await store.snapshots.write('box-b1', { revision: 0, version: 1, state: {} }, []);
    const boxes = new AggregateRepository(store, {
      ...box,
      snapshot: { version: 2, everyEvents: 5 },
    });
    expect((await boxes.load('b1')).state).toBe(7);
  });

  test('tells the state as it was after an earlier revision', async () => {
    const boxes = new AggregateRepository(store, box);
    await boxes.handle(command('op-1', 10));
    await boxes.handle(command('op-2', 20));
    expect(await boxes.loadAt('b1', 0)).toEqual({ state: 10, revision: 0 });
  });

  test('chains the hash of each event to the one before it', async () => {
    const boxes = new AggregateRepository(store, { ...box, hashChain: true });
    await boxes.handle(command('op-1', 10));
    await boxes.handle(command('op-2', 20));
    const [first, second] = await store.readStream('box-b1');
    expect(second?.metadata.hash).toBe(
      chainHash({
        previousHash: first?.metadata.hash,
        stream: 'box-b1',
        revision: 1,
        id: second?.id ?? '',
        type: 'Deposited',
        data: { amount: 20 },
        recordedAt: now,
        operationId: 'op-2',
      }),
    );
  });
});
