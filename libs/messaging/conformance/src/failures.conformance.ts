import { ContractError, Defect, OperationalError } from '@fidelis/kernel';
import { PartOfBatchFailed, type Consumer, type ReceivedMessage } from '@fidelis/messaging';
import type { BusUnderTest } from './bus-under-test';
import type { TestIt } from './describe-message-bus';
import { NOTES, type Note } from './notes';
import { eventually, Recorder } from './recorder';

export function describeFailures(it: TestIt): void {
  describe('failures', () => {
    it('tries again what fails for now; its key waits, the others go on', async (on) => {
      const attempts: number[] = [];
      const reader = new Recorder().reacts(({ data, attempt }) => {
        if (data.text !== 'a1') return;
        attempts.push(attempt);
        if (attempt < 3) throw new OperationalError('the database is away');
        expect(reader.texts).toContain('b2');
      });
      await on.start([reader.consumer()], { delivery: { backOffFirstMs: 100, backOffMaxMs: 200 } });
      await on.notes.write('a', ['a0', 'a1', 'a2']);
      await on.notes.write('b', ['b0', 'b1', 'b2']);
      await on.settled();

      expect(attempts).toEqual([1, 2, 3]);
      expect(reader.textsOf('a')).toEqual(['a0', 'a1', 'a2']);
      expect(reader.textsOf('b')).toEqual(['b0', 'b1', 'b2']);
      expect(await on.bus.deadLetters.count()).toBe(0);
    });

    it('gives up what fails for now after the time that was set', async (on) => {
      const reader = new Recorder().reacts(({ data }) => {
        if (data.text === 'a0') throw new OperationalError('away for good');
      });
      await on.start([reader.consumer()], { delivery: { operationalRetryMs: 50 } });
      await on.notes.write('a', ['a0', 'a1']);
      await on.settled();

      const letter = await on.onlyDeadLetter();
      expect(letter.reason).toBe('OperationalError: away for good');
      expect(letter.attempts).toBeGreaterThan(2);
      expect(reader.texts).toEqual(['a1']);
    });

    it('sets a poison message aside at once, with its bytes, and goes on', async (on) => {
      let bytes: Uint8Array | undefined;
      const reader = new Recorder().reacts((message) => {
        if (message.data.text !== 'a1') return;
        bytes = message.bytes();
        throw new ContractError('nobody writes this');
      });
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['a0', 'a1', 'a2']);
      await on.notes.write('b', ['b0']);
      await on.settled();

      expect(reader.textsOf('a')).toEqual(['a0', 'a2']);
      expect(reader.textsOf('b')).toEqual(['b0']);
      const letter = await on.onlyDeadLetter();
      expect(letter).toMatchObject({
        group: 'reader.keep-notes',
        topic: NOTES,
        key: 'note-a',
        type: 'notes.note-written.v1',
        reason: 'ContractError: nobody writes this',
        attempts: 1,
      });
      expect(letter.position).not.toBe('');
      expect(Buffer.from(letter.bytes ?? []).equals(Buffer.from(bytes ?? []))).toBe(true);
    });

    it('tries a handler that is broken a few times, then sets the message aside', async (on) => {
      let calls = 0;
      const reader = new Recorder().reacts(({ data }) => {
        if (data.text !== 'a0') return;
        calls += 1;
        throw new TypeError('undefined is not a function');
      });
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['a0', 'a1']);
      await on.settled();

      expect(calls).toBe(3);
      expect((await on.onlyDeadLetter()).attempts).toBe(3);
      expect(reader.texts).toEqual(['a1']);
    });

    it('sets aside what the consumer’s own check refuses, without calling it', async (on) => {
      const reader = new Recorder();
      const parse = (data: unknown): unknown => {
        if (JSON.stringify(data) === '{"text":"bad"}') throw new Error('text is bad');
        return data;
      };
      await on.start([reader.consumer({ parse })]);
      await on.notes.write('a', ['bad', 'good']);
      await on.settled();

      expect(reader.texts).toEqual(['good']);
      expect((await on.onlyDeadLetter()).reason).toBe('ContractError: Error: text is bad');
    });

    it('stops only the one message of a batch that is bad', async (on) => {
      const reader = new Recorder().reacts(({ data }) => {
        if (data.text === 'b1') throw new ContractError('bad');
      });
      await on.notes.write('a', ['a0', 'a1', 'a2']);
      await on.notes.write('b', ['b0', 'b1', 'b2']);
      await on.notes.write('c', ['c0', 'c1', 'c2']);
      await on.start([reader.consumer({ mode: 'batch' })], { delivery: { batchLanesMax: 1 } });
      await on.settled();

      // The batch broke off at b1, so what it had taken before comes a second time.
      expect([...new Set(reader.textsOf('a'))]).toEqual(['a0', 'a1', 'a2']);
      expect([...new Set(reader.textsOf('b'))]).toEqual(['b0', 'b2']);
      expect(reader.textsOf('b').slice(-1)).toEqual(['b2']);
      expect([...new Set(reader.textsOf('c'))]).toEqual(['c0', 'c1', 'c2']);
      const letter = await on.onlyDeadLetter();
      expect([letter.key, letter.attempts]).toEqual(['note-b', 1]);
    });

    it('tries only what failed again when the handler knows which that is', async (on) => {
      const reader = new Recorder();
      const consumer = reader.consumer({ mode: 'batch' });
      const handle: Consumer['handle'] = async (messages) => {
        const bad = messages.find(({ data }) => (data as Note).text === 'b1');
        if (bad === undefined) return consumer.handle(messages);
        await consumer.handle(messages.filter(({ key }) => key !== 'note-b'));
        if (messages.length > 1) await consumer.handle(messages.filter(isB0));
        throw new PartOfBatchFailed(new Map([[bad, new ContractError('bad')]]));
      };
      const isB0 = ({ data }: ReceivedMessage): boolean => (data as Note).text === 'b0';
      await on.notes.write('a', ['a0', 'a1']);
      await on.notes.write('b', ['b0', 'b1', 'b2']);
      await on.notes.write('c', ['c0', 'c1']);
      await on.start([{ ...consumer, handle }], { delivery: { batchLanesMax: 1 } });
      await on.settled();

      expect([...reader.texts].sort()).toEqual(['a0', 'a1', 'b0', 'b2', 'c0', 'c1']);
      expect((await on.onlyDeadLetter()).reason).toBe('ContractError: bad');
    });

    it('tells of every failure', async (on) => {
      const reader = new Recorder().reacts(({ attempt }) => {
        throw attempt === 1 ? new OperationalError('away') : new ContractError('bad');
      });
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['a0']);
      await on.settled();

      expect(on.problems.map(({ kind, key, attempts }) => [kind, key, attempts])).toEqual([
        ['retrying', 'note-a', 1],
        ['dead-letter', 'note-a', 2],
      ]);
    });

    it('ends the process at a broken invariant and gives nothing up', async (on) => {
      const reader = new Recorder().reacts(({ data }) => {
        if (data.text === 'a1') throw new Defect('postings do not balance');
      });
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['a0', 'a1', 'a2']);
      await eventually(() => on.defects.length > 0);

      expect(on.defects).toEqual([new Defect('postings do not balance')]);
      expect(reader.texts).toEqual(['a0']);
      await on.stop();
      const fixed = new Recorder();
      await on.start([fixed.consumer()]);
      await on.settled();
      expect(fixed.texts).toEqual(['a1', 'a2']);
    });

    const unreadable = async (on: BusUnderTest): Promise<void> => {
      const reader = new Recorder();
      await on.start([reader.consumer()]);
      const garbage = Buffer.from([0xff, 0x00, 0x7b]);
      await on.harness.publishBytes?.(NOTES, 'note-a', garbage);
      await on.notes.write('a', ['a0']);
      await on.settled();

      expect(reader.texts).toEqual(['a0']);
      const letter = await on.onlyDeadLetter();
      expect(letter).toMatchObject({
        key: 'note-a',
        reason: 'ContractError: the message is not UTF-8',
      });
      expect(Buffer.from(letter.bytes ?? []).equals(garbage)).toBe(true);
    };
    it('sets aside bytes that nobody can read', unreadable, 'foreignRecords');
  });
}
