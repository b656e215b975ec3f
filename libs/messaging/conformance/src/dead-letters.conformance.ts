import { ContractError } from '@fidelis/kernel';
import type { BusUnderTest } from './bus-under-test';
import type { TestIt } from './describe-message-bus';
import { NOTES } from './notes';
import { eventually, Recorder } from './recorder';

const FAR_FUTURE = '9999-01-01T00:00:00.000Z';

/** A reader that refuses notes with these texts as long as the set holds them. */
async function startRefusing(on: BusUnderTest, refused: Set<string>): Promise<Recorder> {
  const reader = new Recorder().reacts(({ data }) => {
    if (refused.has(data.text)) throw new ContractError(`${data.text} is refused`);
  });
  await on.start([reader.consumer()]);
  return reader;
}

export function describeDeadLetters(it: TestIt): void {
  describe('dead letters', () => {
    it('are gone when a retry succeeds', async (on) => {
      const refused = new Set(['a0']);
      const reader = await startRefusing(on, refused);
      await on.notes.write('a', ['a0']);
      await on.settled();
      const { id } = await on.onlyDeadLetter();
      refused.clear();

      expect(['handled', 'queued']).toContain(await on.bus.deadLetters.retry(id));
      await eventually(() => reader.taken.length === 1);
      await eventually(async () => (await on.bus.deadLetters.count()) === 0);
      expect(reader.texts).toEqual(['a0']);
    });

    it('stay when a retry fails, with the attempts of both', async (on) => {
      await startRefusing(on, new Set(['a0']));
      await on.notes.write('a', ['a0']);
      await on.settled();
      const { id } = await on.onlyDeadLetter();

      expect(['failed', 'queued']).toContain(await on.bus.deadLetters.retry(id));
      await eventually(async () => (await on.onlyDeadLetter()).attempts === 2);
      expect((await on.onlyDeadLetter()).reason).toBe('ContractError: a0 is refused');
    });

    it('can be found by group and topic, a page at a time, oldest first', async (on) => {
      await startRefusing(on, new Set(['a0', 'a1', 'a2']));
      await on.notes.write('a', ['a0', 'a1', 'a2', 'a3']);
      await on.settled();
      const { deadLetters } = on.bus;

      const [first, second] = await deadLetters.list({ limit: 2 });
      const [third, ...none] = await deadLetters.list({ after: second?.id ?? '', limit: 2 });
      const reasons = [first, second, third].map((letter) => letter?.reason);
      expect(reasons).toEqual([
        'ContractError: a0 is refused',
        'ContractError: a1 is refused',
        'ContractError: a2 is refused',
      ]);
      expect(none).toEqual([]);
      expect(await deadLetters.count({ group: 'reader.keep-notes', topic: NOTES })).toBe(3);
      expect(await deadLetters.count({ group: 'someone.else' })).toBe(0);
      expect(await deadLetters.list({ topic: 'loyalty.other.v1' })).toEqual([]);
    });

    it('survive a restart', async (on) => {
      await startRefusing(on, new Set(['a0']));
      await on.notes.write('a', ['a0', 'a1']);
      await on.settled();
      const { id } = await on.onlyDeadLetter();
      await on.stop();
      await on.start([new Recorder().consumer()]);

      expect((await on.bus.deadLetters.get(id))?.reason).toBe('ContractError: a0 is refused');
    });

    it('can be discarded', async (on) => {
      await startRefusing(on, new Set(['a0']));
      await on.notes.write('a', ['a0']);
      await on.settled();
      const { id } = await on.onlyDeadLetter();

      expect(await on.bus.deadLetters.discard(id)).toBe(true);
      expect(await on.bus.deadLetters.discard(id)).toBe(false);
      expect(await on.bus.deadLetters.count()).toBe(0);
      expect(await on.bus.deadLetters.retry(id)).toBe('not-found');
    });

    it('lose their bytes when they are old, and say so', async (on) => {
      await startRefusing(on, new Set(['a0']));
      await on.notes.write('a', ['a0']);
      await on.settled();
      const { deadLetters } = on.bus;
      const { id, failedAt } = await on.onlyDeadLetter();

      expect(await deadLetters.erasePayloadsBefore(failedAt)).toBe(0);
      expect(await deadLetters.erasePayloadsBefore(FAR_FUTURE)).toBe(1);
      expect((await on.onlyDeadLetter()).bytes).toBeUndefined();
      expect(await deadLetters.retry(id)).toBe('not-found');
    });
  });
}
