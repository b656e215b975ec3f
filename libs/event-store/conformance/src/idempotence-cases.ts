import { OperationalError } from '@fidelis/kernel';
import { append, newEvent, newStream, numbered, numbersOf } from './fixtures';
import type { Running } from './harness';

export function describeIdempotence(running: Running): void {
  describe('the same append again', () => {
    it('gives the first result, at once, later and under later events', async () => {
      const stream = newStream();
      await append(running.store, {
        stream,
        expectedRevision: 'no-stream',
        events: numbered(0, 0),
      });
      const request = { stream, expectedRevision: 0, events: numbered(1, 3) };
      const [first, atOnce] = await Promise.all([
        append(running.store, request),
        append(running.store, request),
      ]);
      expect(first.revision).toBe(3);
      expect(atOnce).toEqual(first);
      await append(running.store, { stream, expectedRevision: 3, events: numbered(4, 4) });
      expect(await append(running.store, request)).toEqual(first);
      expect(numbersOf(await running.store.readStream(stream))).toEqual([0, 1, 2, 3, 4]);
    });

    it('gives the first result for the append that began the stream', async () => {
      const stream = newStream();
      const request = { stream, expectedRevision: 'no-stream', events: numbered(0, 1) } as const;
      const first = await append(running.store, request);
      await append(running.store, { stream, expectedRevision: 1, events: numbered(2, 400) });
      expect(await append(running.store, request)).toEqual(first);
    });

    it('is a conflict with other ids, with some other ids, or from another revision', async () => {
      const stream = newStream();
      const events = numbered(0, 2);
      await append(running.store, { stream, expectedRevision: 'no-stream', events });
      const again = [
        { expectedRevision: 'no-stream', events: numbered(0, 2) },
        { expectedRevision: 'no-stream', events: [...events.slice(0, 2), newEvent()] },
        { expectedRevision: 'no-stream', events: [...events, newEvent()] },
        { expectedRevision: 'no-stream', events: events.slice(1) },
        { expectedRevision: 0, events },
        { expectedRevision: 1, events: [...events.slice(2), newEvent()] },
      ] as const;
      for (const request of again) {
        await expect(append(running.store, { stream, ...request })).rejects.toMatchObject({
          ...{ name: 'WrongExpectedRevision', actualRevision: 2 },
        });
      }
      expect(numbersOf(await running.store.readStream(stream))).toEqual([0, 1, 2]);
    });
  });
}

/** For stores that may fail to answer: the deadline passes, and nobody knows what happened. */
export function describeLostAnswer(running: Running): void {
  describe('an append whose answer was lost', () => {
    it('fails with an unknown outcome; again with the same ids, it counts once', async () => {
      const { loseNextAnswer } = running.harness;
      if (loseNextAnswer === undefined) throw new Error('these cases need loseNextAnswer');
      const stream = newStream();
      const request = { stream, expectedRevision: 'no-stream', events: numbered(0, 1) } as const;
      loseNextAnswer();
      const lost = append(running.store, request);
      await expect(lost).rejects.toBeInstanceOf(OperationalError);
      await expect(lost).rejects.toMatchObject({ outcomeUnknown: true });
      expect((await append(running.store, request)).revision).toBe(1);
      expect(numbersOf(await running.store.readStream(stream))).toEqual([0, 1]);
    });
  });
}
