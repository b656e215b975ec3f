import { EVENT_BYTES_MAX, EventTooLarge, WrongExpectedRevision } from '@fidelis/event-store';
import { ContractError } from '@fidelis/kernel';
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

export function describeAppend(running: Running): void {
  describe('append', () => {
    it('counts the revisions of a stream from 0 and gives each append a later position', async () => {
      const stream = newStream();
      const first = await append(running.store, {
        ...{ stream, expectedRevision: 'no-stream', events: numbered(1, 2) },
      });
      const second = await append(running.store, {
        ...{ stream, expectedRevision: 1, events: numbered(3, 3) },
      });
      expect([first.revision, second.revision]).toEqual([1, 2]);
      expect(second.position).toBeGreaterThan(first.position);
    });

    it('lets exactly one of 100 parallel appends at one revision win', async () => {
      const stream = newStream();
      await append(running.store, {
        stream,
        expectedRevision: 'no-stream',
        events: numbered(0, 0),
      });
      const attempts = Array.from({ length: 100 }, (_, i) =>
        append(running.store, { stream, expectedRevision: 0, events: [newEvent({ n: i })] }),
      );
      const results = await Promise.allSettled(attempts);
      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      const losers = results.filter((result) => result.status === 'rejected');
      expect(losers).toHaveLength(99);
      for (const { reason } of losers) {
        expect(reason).toBeInstanceOf(WrongExpectedRevision);
        expect(reason).toMatchObject({ stream, expectedRevision: 0, actualRevision: 1 });
      }
      expect(numbersOf(await running.store.readStream(stream))).toEqual([0, winner]);
    });

    it('lets exactly one of 100 parallel appends begin a stream', async () => {
      const stream = newStream();
      const attempts = Array.from({ length: 100 }, () =>
        append(running.store, { stream, expectedRevision: 'no-stream', events: numbered(1, 2) }),
      );
      const results = await Promise.allSettled(attempts);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await running.store.readStream(stream)).toHaveLength(2);
    });

    it('refuses no-stream on a stream that exists', async () => {
      const stream = newStream();
      await append(running.store, {
        stream,
        expectedRevision: 'no-stream',
        events: numbered(0, 2),
      });
      const late = append(running.store, {
        ...{ stream, expectedRevision: 'no-stream', events: numbered(3, 3) },
      });
      await expect(late).rejects.toMatchObject({
        ...{ name: 'WrongExpectedRevision', expectedRevision: 'no-stream', actualRevision: 2 },
      });
    });

    it.each([0, 7])('refuses revision %i of a stream that does not exist', async (revision) => {
      const stream = newStream();
      const early = append(running.store, {
        ...{ stream, expectedRevision: revision, events: numbered(0, 0) },
      });
      await expect(early).rejects.toMatchObject({
        ...{ name: 'WrongExpectedRevision', actualRevision: 'no-stream' },
      });
      expect(await running.store.readStream(stream)).toEqual([]);
    });

    it('leaves no trace of a rejected append', async () => {
      const category = newCategory();
      const stream = newStream(category);
      const before = await append(running.store, {
        ...{ stream, expectedRevision: 'no-stream', events: numbered(0, 0) },
      });
      for (const expectedRevision of ['no-stream', 1, 5] as const) {
        const rejected = running.store.append({
          ...{ stream, expectedRevision, events: numbered(8, 9) },
        });
        await expect(rejected.accepted).rejects.toThrow(WrongExpectedRevision);
        await expect(rejected.durable).rejects.toThrow(WrongExpectedRevision);
      }
      expect(await running.store.headOf([category])).toBe(before.position);
      const after = await append(running.store, {
        ...{ stream, expectedRevision: 0, events: numbered(1, 1) },
      });
      expect(after.revision).toBe(1);
      if (running.harness.gapless) expect(after.position).toBe(before.position + 1);
      expect(numbersOf(await running.store.readStream(stream))).toEqual([0, 1]);
      expect(numbersOf(await readAllAfter(running.store, -1, [category]))).toEqual([0, 1]);
    });

    it('accepts an append that builds on one that was only accepted', async () => {
      const stream = newStream();
      const first = running.store.append({
        ...{ stream, expectedRevision: 'no-stream', events: numbered(0, 1) },
      });
      const { revision } = await first.accepted;
      const second = running.store.append({
        ...{ stream, expectedRevision: revision, events: numbered(2, 2) },
      });
      await second.durable;
      expect(numbersOf(await running.store.readStream(stream))).toEqual([0, 1, 2]);
    });

    it.each([
      ['ASCII', 'x'.repeat(EVENT_BYTES_MAX)],
      ['three-byte characters', '€'.repeat(EVENT_BYTES_MAX / 3)],
    ])('refuses an event over 512 KiB of %s and writes nothing', async (_, text) => {
      const stream = newStream();
      const events = [newEvent({ n: 0 }), newEvent({ text })];
      const tooLarge = append(running.store, { stream, expectedRevision: 'no-stream', events });
      await expect(tooLarge).rejects.toThrow(EventTooLarge);
      await expect(tooLarge).rejects.toThrow(`exceeds the limit of 524288`);
      expect(await running.store.readStream(stream)).toEqual([]);
      await append(running.store, { stream, expectedRevision: 'no-stream', events: [newEvent()] });
    });

    it('takes an event of almost 512 KiB', async () => {
      const stream = newStream();
      const text = 'x'.repeat(EVENT_BYTES_MAX - 1024);
      const events = [newEvent({ text })];
      await append(running.store, { stream, expectedRevision: 'no-stream', events });
      expect((await running.store.readStream(stream))[0]?.data['text']).toBe(text);
    });

    it.each([
      ['an event id that is not a UUID', { events: [{ ...newEvent(), id: 'first' }] }],
      ['no events', { events: [] }],
      ['more than 1000 events', { events: numbered(0, 1000) }],
      ['a stream without a category', { stream: 'nothing' }],
      ['a stream without an id', { stream: 'thing-' }],
      ['a control character in the stream', { stream: 'thing-a\u0000b' }],
      ['a lone surrogate in the stream', { stream: 'thing-\ud800' }],
      ['a stream name of 600 characters', { stream: `thing-${'x'.repeat(600)}` }],
    ])('refuses %s', async (_, part) => {
      const request = { stream: newStream(), events: numbered(0, 0), ...part };
      const refused = append(running.store, { ...request, expectedRevision: 'no-stream' });
      await expect(refused).rejects.toThrow(ContractError);
    });
  });
}
