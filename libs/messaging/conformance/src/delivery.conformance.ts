import { disturbanceOf } from '@fidelis/messaging';
import type { BusUnderTest } from './bus-under-test';
import type { TestIt } from './describe-message-bus';
import { NoteStruckV1, NoteWrittenV1, noteEventId, NOTES, RECORDED_AT } from './notes';
import { eventually, Gate, Recorder } from './recorder';

const tenOf = (key: string): string[] => Array.from({ length: 10 }, (_, i) => `${key}${i}`);

export function describeDelivery(it: TestIt): void {
  describe('delivery', () => {
    it('says of a message what its event was', async (on) => {
      const reader = new Recorder();
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['first', 'second']);
      await on.settled();

      expect(reader.taken).toHaveLength(2);
      expect({ ...reader.taken[1], position: '', wire: '' }).toMatchObject({
        id: `${noteEventId('a', 1)}:0`,
        type: 'notes.note-written.v1',
        source: '/notes/loyalty.notes.note.events.v1',
        time: RECORDED_AT,
        topic: NOTES,
        key: 'note-a',
        aggregate: 'note-a',
        revision: 1,
        attempt: 1,
        data: { text: 'second' },
      });
    });

    it('gives the bytes that came over the wire, a CloudEvent', async (on) => {
      const reader = new Recorder();
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['first']);
      await on.settled();

      const bytes = reader.taken[0]?.bytes() ?? new Uint8Array();
      expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toEqual({
        specversion: '1.0',
        id: `${noteEventId('a', 0)}:0`,
        type: 'notes.note-written.v1',
        source: '/notes/loyalty.notes.note.events.v1',
        time: RECORDED_AT,
        subject: 'note-a',
        partitionkey: 'note-a',
        sequence: '0',
        datacontenttype: 'application/json',
        data: { text: 'first' },
      });
    });

    it('keeps private events private and gives all messages of one event', async (on) => {
      const reader = new Recorder();
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['secret'], 'NoteFiled');
      await on.notes.write('a', ['new'], 'NoteRewritten');
      await on.notes.write('a', ['secret too'], 'NoteFiled');
      await on.settled();

      expect(reader.taken.map(({ id, type }) => [id, type])).toEqual([
        [`${noteEventId('a', 1)}:0`, NoteStruckV1.type],
        [`${noteEventId('a', 1)}:1`, NoteWrittenV1.type],
      ]);
    });

    it('gives a new group all that was published before', async (on) => {
      await on.notes.write('a', ['a0', 'a1']);
      const reader = new Recorder();
      await on.start([reader.consumer()]);
      await on.settled();

      expect(reader.texts).toEqual(['a0', 'a1']);
    });

    it('keeps the order per key over all contracts of a group', async (on) => {
      const writes = new Recorder();
      const strikes = new Recorder();
      const order: string[] = [];
      const note = async ({ data }: { data: { text: string } }): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, data.text.endsWith('0') ? 10 : 0));
        order.push(data.text);
      };
      writes.reacts(note);
      strikes.reacts(note);
      await on.start([
        writes.consumer({ contracts: [NoteWrittenV1] }),
        strikes.consumer({ contracts: [NoteStruckV1] }),
      ]);
      await on.notes.write('a', ['a0']);
      await on.notes.write('a', ['a1'], 'NoteStruck');
      await on.notes.write('a', ['a2']);
      await on.settled();

      expect(order).toEqual(['a0', 'a1', 'a2']);
      expect(strikes.texts).toEqual(['a1']);
    });

    it('keeps the order per key in batches of several contracts', async (on) => {
      const reader = new Recorder();
      await on.notes.write('a', tenOf('a'));
      await on.notes.write('b', tenOf('b'), 'NoteStruck');
      await on.notes.write('a', ['a10'], 'NoteStruck');
      await on.start([reader.consumer({ mode: 'batch' })]);
      await on.settled();

      expect(reader.textsOf('a')).toEqual([...tenOf('a'), 'a10']);
      expect(reader.textsOf('b')).toEqual(tenOf('b'));
      expect(reader.calls.length).toBeLessThan(21);
    });

    it('works on other keys while one takes long', async (on) => {
      const gate = new Gate();
      const reader = new Recorder().reacts(({ key }) =>
        key === 'note-slow' ? gate.opened : undefined,
      );
      await on.start([reader.consumer()]);
      await on.notes.write('slow', ['slow']);
      for (const key of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) await on.notes.write(key, [key]);

      // Sixteen lanes: at most one of seven keys or so shares the slow one's.
      await eventually(() => reader.taken.length >= 4);
      expect(reader.texts).not.toContain('slow');
      gate.open();
      await on.settled();
      expect(reader.taken).toHaveLength(8);
    });

    it('gives every group every message, whatever one tries to do to it', async (on) => {
      const vandal = new Recorder().reacts(({ data }) => {
        // Refused where groups share the data, which is frozen in tests; else its own copy.
        Reflect.set(data, 'text', 'changed');
      });
      const reader = new Recorder();
      await on.start([vandal.consumer({ group: 'vandal.spoil' }), reader.consumer()]);
      await on.notes.write('a', ['a0']);
      await on.settled();

      expect(vandal.taken).toHaveLength(1);
      expect(reader.texts).toEqual(['a0']);
    });

    it('takes a backlog larger than all its bounds', async (on) => {
      const reader = new Recorder();
      for (let key = 0; key < 10; key += 1) {
        await on.notes.write(
          String(key),
          Array.from({ length: 30 }, (_, i) => `${key}/${i}`),
        );
      }
      const delivery = { queuedMax: 20, batchSizeMax: 7, lanesMax: 3, spanMax: 25 };
      await on.start([reader.consumer()], { delivery });
      await on.settled();

      expect(reader.taken).toHaveLength(300);
      expect(reader.textsOf('7')).toEqual(Array.from({ length: 30 }, (_, i) => `7/${i}`));
    });

    it('has reached the head only when everything up to it is handled', async (on) => {
      const gate = new Gate();
      const reader = new Recorder().reacts(() => gate.opened);
      await on.start([reader.consumer()]);
      expect(await on.bus.reachedHead('reader.keep-notes')).toBe(true);
      await on.notes.write('a', ['a0']);
      const head = await on.harness.store.headOf();

      await eventually(() => reader.calls.length === 1);
      expect(await on.bus.reachedHead('reader.keep-notes', head)).toBe(false);
      expect(on.bus.status()).toMatchObject([
        { group: 'reader.keep-notes', inFlight: 1, keysRetrying: 0, handled: 0 },
      ]);
      gate.open();
      await eventually(() => on.bus.reachedHead('reader.keep-notes', head));
      expect(reader.texts).toEqual(['a0']);
      expect(on.bus.status()).toMatchObject([{ inFlight: 0, handled: 1 }]);
    });

    it('reaches the head past events that are nobody’s business', async (on) => {
      const reader = new Recorder();
      await on.start([reader.consumer()]);
      await on.notes.write('a', ['secret'], 'NoteFiled');
      await on.settled();

      expect(reader.taken).toEqual([]);
      expect(await on.bus.reachedHead('reader.keep-notes')).toBe(true);
    });

    const repeats = async (on: BusUnderTest): Promise<void> => {
      const reader = new Recorder();
      for (const key of ['a', 'b', 'c']) await on.notes.write(key, tenOf(key));
      const disturbance = disturbanceOf(42);
      await on.start([reader.consumer({ mode: 'batch' })], { disturbance });
      await on.settled();

      expect(reader.taken).toHaveLength(90);
      expect(reader.textsOf('b')).toEqual([...tenOf('b'), ...tenOf('b'), ...tenOf('b')]);
      expect(new Set(reader.taken.map(({ id }) => id)).size).toBe(30);
    };
    it('can repeat all messages and mix their keys, for tests', repeats, 'disturbance');
  });
}
