import type { TestIt } from './describe-message-bus';
import { eventually, Gate, Recorder } from './recorder';

export function describeRestarts(it: TestIt): void {
  describe('restarts', () => {
    it('lets the handler in flight end and delivers nothing twice after an orderly end', async (on) => {
      const gate = new Gate();
      const before = new Recorder().reacts(({ data }) =>
        data.text === 'a1' ? gate.opened : undefined,
      );
      await on.start([before.consumer()]);
      await on.notes.write('a', ['a0', 'a1', 'a2']);
      await eventually(() => before.calls.length === 2);
      const stopped = on.stop();
      gate.open();
      await stopped;
      expect(before.texts).toEqual(['a0', 'a1']);

      const after = new Recorder();
      await on.start([after.consumer()]);
      await on.settled();
      expect(after.texts).toEqual(['a2']);
    });

    it('delivers again what was not handled at a crash, and everything after it', async (on) => {
      const never = new Gate();
      const before = new Recorder().reacts(({ key }) =>
        key === 'note-a' ? never.opened : undefined,
      );
      await on.start([before.consumer()]);
      await on.notes.write('a', ['a0']);
      for (const key of ['b', 'c', 'd', 'e', 'f']) await on.notes.write(key, [key]);
      await eventually(() => before.taken.length >= 3);
      await on.crash();

      const after = new Recorder();
      await on.start([after.consumer()]);
      await on.settled();
      // a0 was first and is not done, so no later offset can have been kept.
      expect([...after.texts].sort()).toEqual(['a0', 'b', 'c', 'd', 'e', 'f']);
      never.open();
    });

    it('delivers a batch again that a crash cut in half', async (on) => {
      const never = new Gate();
      const before = new Recorder().reacts(({ data }) =>
        data.text === 'a3' ? never.opened : undefined,
      );
      await on.notes.write('a', ['a0', 'a1', 'a2', 'a3', 'a4']);
      await on.start([before.consumer({ mode: 'batch' })]);
      await eventually(() => before.taken.length === 3);
      await on.crash();

      const after = new Recorder();
      await on.start([after.consumer({ mode: 'batch' })]);
      await on.settled();
      expect(after.texts).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
      never.open();
    });

    it('does not wait for ever for a handler that hangs', async (on) => {
      const never = new Gate();
      const reader = new Recorder().reacts(() => never.opened);
      await on.start([reader.consumer()], { delivery: { closeWaitMs: 50 } });
      await on.notes.write('a', ['a0']);
      await eventually(() => reader.calls.length === 1);
      const before = performance.now();
      await on.stop();

      expect(performance.now() - before).toBeLessThan(3_000);
      const after = new Recorder();
      await on.start([after.consumer()]);
      await on.settled();
      expect(after.texts).toEqual(['a0']);
      never.open();
    });

    it('ends at once while messages wait for their next attempt', async (on) => {
      const reader = new Recorder().reacts(() => {
        throw new TypeError('broken');
      });
      const delivery = { backOffFirstMs: 60_000, backOffMaxMs: 60_000 };
      await on.start([reader.consumer()], { delivery });
      await on.notes.write('a', ['a0']);
      await eventually(() => on.problems.length === 1);
      const before = performance.now();
      await on.stop();

      expect(performance.now() - before).toBeLessThan(3_000);
    });
  });
}
