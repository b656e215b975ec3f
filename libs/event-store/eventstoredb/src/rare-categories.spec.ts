import { setTimeout as sleep } from 'node:timers/promises';
import { Directory } from '@fidelis/aggregates';
import { START, type EventStore } from '@fidelis/event-store';
import {
  append,
  newCategory,
  newStream,
  numbered,
  numbersOf,
  readAllAfter,
  until,
} from '@fidelis/event-store-conformance';
import { OperationalError } from '@fidelis/kernel';
import { type TestStore, openTestStore } from './test-store';

const FOREIGN_EVENTS = 6000;
/** The whole log takes 1.5 s at least, so that no call can look through it at once. */
const LOOKS_PER_SECOND = 4000;
const SHORT = { deadlineMs: 500, searchMs: 1000, keepEveryMs: 0 };
const LIMITS = { keepEveryMs: 0 };

let test: TestStore;
let rare: string;

/** A rare event, much else, another rare one, much else. */
beforeEach(async () => {
  test = await openTestStore();
  rare = newCategory('rare');
  await write(0);
  await writeForeign(FOREIGN_EVENTS / 2);
  await write(1);
  await writeForeign(FOREIGN_EVENTS / 2);
});
afterEach(async () => {
  await test.dispose();
});

async function write(n: number): Promise<number> {
  const request = { stream: newStream(rare), expectedRevision: 'no-stream' } as const;
  return (await append(test.store, { ...request, events: numbered(n, n) })).position;
}

async function writeForeign(events: number): Promise<void> {
  for (let from = 0; from < events; from += 1000) {
    const request = { stream: newStream(), expectedRevision: 'no-stream' } as const;
    await append(test.store, { ...request, events: numbered(1, 1000) });
  }
}

const directoryOn = (store: EventStore): Directory<unknown[]> =>
  new Directory<unknown[]>(store, {
    ...{ categories: [rare], initial: [] },
    evolve: (numbers, event) => [...numbers, ...numbersOf([event])],
  });

/** As callers do: those who are told to come later come again. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
    }
  }
}

async function looksFor<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = test.server.faults.eventsLookedAt;
  const result = await work();
  return [result, test.server.faults.eventsLookedAt - before];
}

describe('a log that no call can read in its time', () => {
  beforeEach(() => {
    test.server.faults.searchAtMost(LOOKS_PER_SECOND);
  });

  it('is searched by calls of which each goes on where the last one ended', async () => {
    const store = await test.another(SHORT);
    const directory = directoryOn(store);
    expect(await asked(() => directory.current())).toEqual([0, 1]);
    expect(numbersOf(await readAllAfter(store, START, [rare]))).toEqual([0, 1]);
  });

  it('is gone through by a reader of a category that has no index, too', async () => {
    const store = await test.another(SHORT);
    const events = await asked(() => readAllAfter(store, START, [rare]));
    expect(numbersOf(events)).toEqual([0, 1]);
    expect(await asked(() => store.headOf([rare]))).toBe(events.at(-1)?.position);
  });

  it('is followed by subscriptions to what never happened and then does', async () => {
    const store = await test.another(SHORT);
    const category = newCategory();
    const seen: unknown[] = [];
    const subscription = store.subscribe({
      ...{ name: 'never', after: START, categories: [category], batchSizeMax: 10 },
      onBatch: (events) => {
        seen.push(...numbersOf(events));
        return Promise.resolve();
      },
    });
    await append(test.store, {
      ...{ stream: newStream(category), expectedRevision: 'no-stream', events: numbered(5, 6) },
    });
    await until(() => seen.length >= 2);
    await subscription.stop();
    expect(seen).toEqual([5, 6]);
  });
});

describe('a process that starts', () => {
  it('reads only what is new since the last one', async () => {
    const first = await test.another(LIMITS);
    expect(await directoryOn(first).current()).toEqual([0, 1]);
    await first.close();
    await write(2);
    await writeForeign(1000);
    const second = await test.another(LIMITS);
    const [numbers, looks] = await looksFor(() => directoryOn(second).current());
    expect(numbers).toEqual([0, 1, 2]);
    // The new ones once, and some single events to find the places.
    expect(looks).toBeLessThan(1200);
  });

  it('goes on from a search that another one had no time to finish', async () => {
    const first = await test.another(SHORT);
    directoryOn(first);
    test.server.faults.searchAtMost(LOOKS_PER_SECOND);
    await expect(first.headOf([rare])).rejects.toThrow(OperationalError);
    // What it found is kept behind its answer, on a busy machine a little later.
    await sleep(1000);
    await first.close();
    test.server.faults.reset();
    const second = await test.another(LIMITS);
    const [numbers, looks] = await looksFor(() => directoryOn(second).current());
    expect(numbers).toEqual([0, 1]);
    expect(looks).toBeLessThan(FOREIGN_EVENTS);
  });

  it('knows how far a category was looked for that has no events', async () => {
    const never = newCategory();
    const first = await test.another(LIMITS);
    expect(await first.headOf([never])).toBe(START);
    await first.close();
    const second = await test.another(LIMITS);
    const [events, looks] = await looksFor(async () => {
      expect(await second.headOf([never])).toBe(START);
      return second.readAll({ after: START, categories: [never] });
    });
    expect(events).toEqual([]);
    expect(looks).toBeLessThan(100);
  });

  it('beside another one sees what that one writes, and both keep the same', async () => {
    const [left, right] = [await test.another(LIMITS), await test.another(LIMITS)];
    const directories = [directoryOn(left), directoryOn(right)];
    for (let n = 2; n < 6; n += 1) {
      await write(n);
      const states = await Promise.all(directories.map((directory) => directory.current()));
      const expected = [0, 1, 2, 3, 4, 5].slice(0, n + 1);
      expect(states).toEqual([expected, expected]);
    }
    await Promise.all([left.close(), right.close()]);
    expect(await directoryOn(await test.another(LIMITS)).current()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('what is kept of another log', () => {
  it.each([
    ['shorter', 1000],
    ['longer', FOREIGN_EVENTS + 1000],
  ])('is forgotten, and found again in this one, which is %s', async (_, foreign) => {
    const first = await test.another(LIMITS);
    expect(await directoryOn(first).current()).toEqual([0, 1]);
    await first.close();
    await test.loseLog();
    await write(7);
    await writeForeign(foreign);
    const second = await test.another(LIMITS);
    expect(await directoryOn(second).current()).toEqual([7]);
    await second.close();
    expect(await directoryOn(await test.another(LIMITS)).current()).toEqual([7]);
  });
});
