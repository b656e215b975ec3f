import { type Position, START } from '@fidelis/event-store';
import {
  append,
  newCategory,
  newEvent,
  newStream,
  numbered,
  numbersOf,
  readAllAfter,
} from './fixtures';
import type { Running } from './harness';

export function describeRead(running: Running): void {
  describe('readStream', () => {
    it('gives no events of a stream that does not exist', async () => {
      expect(await running.store.readStream(newStream())).toEqual([]);
    });

    it('gives an event as it was appended, with its place', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const event = newEvent({ n: 1 });
      const { position } = await append(running.store, {
        ...{ stream, expectedRevision: 'no-stream', events: [event] },
      });
      const expected = [{ ...event, stream, category, revision: 0, position }];
      expect(await running.store.readStream(stream)).toEqual(expected);
    });

    it.each([
      ['all', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ['forwards from a revision', { fromRevision: 7 }, [7, 8, 9]],
      ['forwards with a limit', { fromRevision: 2, limit: 3 }, [2, 3, 4]],
      ['forwards over the end', { fromRevision: 8, limit: 100 }, [8, 9]],
      ['forwards behind the end', { fromRevision: 10 }, []],
      ['backwards', { direction: 'backwards' }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
      ['the last two', { direction: 'backwards', limit: 2 }, [9, 8]],
      ['backwards from a revision', { direction: 'backwards', fromRevision: 2 }, [2, 1, 0]],
      ['backwards within', { direction: 'backwards', fromRevision: 6, limit: 2 }, [6, 5]],
      [
        'backwards from behind the end',
        { direction: 'backwards', fromRevision: 99, limit: 1 },
        [9],
      ],
    ] as const)('reads %s', async (_, options, expected) => {
      const category = newCategory();
      const [stream, other] = [newStream(category), newStream(category)];
      let expectedRevision: number | 'no-stream' = 'no-stream';
      for (let n = 0; n < 10; n += 1) {
        const events = [newEvent({ n })];
        await append(running.store, { stream: other, expectedRevision, events: numbered(77, 77) });
        ({ revision: expectedRevision } = await append(running.store, {
          ...{ stream, expectedRevision, events },
        }));
      }
      expect(numbersOf(await running.store.readStream(stream, options))).toEqual(expected);
    });

    it('reads a stream of 2,500 events page by page, both ways', async () => {
      const stream = newStream();
      const all = [...Array(2500).keys()];
      for (let n = 0; n < 2500; n += 500) {
        const expectedRevision = n === 0 ? 'no-stream' : n - 1;
        await append(running.store, { stream, expectedRevision, events: numbered(n, n + 499) });
      }
      const forwards: unknown[] = [];
      while (forwards.length < 2500) {
        const fromRevision = forwards.length;
        forwards.push(...numbersOf(await running.store.readStream(stream, { fromRevision })));
      }
      expect(forwards).toEqual(all);
      const direction = 'backwards';
      const backwards: unknown[] = [];
      for (let fromRevision = 2499; fromRevision >= 0; fromRevision -= 700) {
        const page = { direction, fromRevision, limit: 700 } as const;
        backwards.push(...numbersOf(await running.store.readStream(stream, page)));
      }
      expect(backwards).toEqual(all.reverse());
    });

    it('keeps every string and number that JSON can say', async () => {
      const stream = newStream();
      const data = {
        ...{ nul: 'a\u0000b', lone: '\ud800 and \udc00', emoji: '🎟️', quote: '"\\\n', empty: '' },
        ...{ big: Number.MAX_SAFE_INTEGER, negative: -1, fraction: 0.1, none: null, yes: true },
        nested: [{ list: [[], {}] }],
      };
      await append(running.store, {
        ...{ stream, expectedRevision: 'no-stream', events: [newEvent(data)] },
      });
      expect((await running.store.readStream(stream))[0]?.data).toEqual(data);
    });
  });

  describe('readAll and headOf', () => {
    it('give the categories asked for, behind the position asked for', async () => {
      const [apples, pears, plums] = [
        newCategory('apple'),
        newCategory('pear'),
        newCategory('plum'),
      ];
      const positions: number[] = [];
      for (const [n, category] of [apples, pears, apples, plums, pears].entries()) {
        const events = [newEvent({ n })];
        const request = { stream: newStream(category), events } as const;
        const appended = await append(running.store, { ...request, expectedRevision: 'no-stream' });
        positions.push(appended.position);
      }
      const fruit = [apples, pears];
      const after = positions[0] ?? START;
      expect(numbersOf(await readAllAfter(running.store, START, [plums]))).toEqual([3]);
      expect(numbersOf(await readAllAfter(running.store, START, fruit))).toEqual([0, 1, 2, 4]);
      expect(numbersOf(await readAllAfter(running.store, after, fruit))).toEqual([1, 2, 4]);
      const page = await running.store.readAll({ after, categories: fruit, limit: 2 });
      expect(numbersOf(page)).toEqual([1, 2]);
      expect(await running.store.headOf([apples])).toBe(positions[2]);
      expect(await running.store.headOf([apples, plums])).toBe(positions[3]);
      expect(await running.store.headOf(fruit)).toBe(positions[4]);
      expect(await running.store.headOf([newCategory()])).toBe(START);
    });

    it('give every event when no category is asked for, and nothing behind the head', async () => {
      const after = await running.store.headOf();
      const streams = [newStream(), newStream()];
      for (const stream of streams) {
        await append(running.store, {
          stream,
          expectedRevision: 'no-stream',
          events: numbered(0, 1),
        });
      }
      const ours = await readOf(streams, after);
      expect(ours.map(({ stream }) => stream)).toEqual(streams.flatMap((name) => [name, name]));
      const head = await running.store.headOf();
      expect(head).toBeGreaterThanOrEqual(ours.at(-1)?.position ?? Infinity);
      expect(await readOf(streams, head)).toEqual([]);
    });

    it('give the same of categories that are indexed before and after events of theirs', async () => {
      const [late, early] = [newCategory('late'), newCategory('early')];
      running.store.indexCategories?.([early]);
      const positions: number[] = [];
      for (const [n, category] of [late, early, late, early, late].entries()) {
        const request = { stream: newStream(category), expectedRevision: 'no-stream' } as const;
        const appended = await append(running.store, { ...request, events: numbered(n, n) });
        positions.push(appended.position);
        if (n === 2) running.store.indexCategories?.([late]);
        expect(await running.store.headOf([early])).toBe(positions[n - (1 - (n % 2))] ?? START);
      }
      expect(await running.store.headOf([late])).toBe(positions[4]);
      expect(numbersOf(await readAllAfter(running.store, START, [late]))).toEqual([0, 2, 4]);
      expect(numbersOf(await readAllAfter(running.store, START, [early]))).toEqual([1, 3]);
      const after = positions[1] ?? START;
      expect(numbersOf(await readAllAfter(running.store, after, [early]))).toEqual([3]);
      const page = await running.store.readAll({ after: START, categories: [late], limit: 2 });
      expect(numbersOf(page)).toEqual([0, 2]);
    });

    /** Others may write to a shared store meanwhile. */
    async function readOf(streams: readonly string[], after: Position) {
      const events = await running.store.readAll({ after });
      return events.filter(({ stream }) => streams.includes(stream));
    }
  });
}
