import { START, type RecordedEvent } from '@fidelis/event-store';
import { describeOnDatabases } from '@fidelis/infra';
import { KeptCategories } from './kept-categories';

const event = (position: number, text = ''): RecordedEvent => ({
  ...{ id: `id-${position}`, type: 'ThingHappened', data: { text } },
  metadata: { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'o' },
  ...{ stream: 'thing-1', category: 'thing', revision: 0, position },
});
const place = (seenTo: number, head: number) => ({ seenTo, head, eventId: `id-${seenTo}` });
const positionsOf = (events: readonly RecordedEvent[]) => events.map(({ position }) => position);
/** Behind what four bytes hold: positions are bytes of the log. */
const FAR = 9_000_000_000_000;

describeOnDatabases('what is kept of categories', (databases) => {
  it('is of the replica that is further, and of both where they found the same', async () => {
    const db = databases.open();
    const [left, right] = await Promise.all([KeptCategories.open(db), KeptCategories.open(db)]);
    expect(await left.read('k')).toBeUndefined();
    expect(await left.write('k', place(40, 30), [event(10), event(30)])).toEqual(place(40, 30));
    expect(await right.write('k', place(20, 10), [event(10)])).toEqual(place(40, 30));
    const far = place(FAR, FAR);
    expect(await right.write('k', far, [event(30), event(50), event(FAR)])).toEqual(far);
    expect(await left.read('k')).toEqual(far);
    const all = await left.events('k', { after: START, to: FAR, limit: 10 });
    expect(positionsOf(all)).toEqual([10, 30, 50, FAR]);
    const some = await left.events('k', { after: 10, to: 50, limit: 10 });
    expect(positionsOf(some)).toEqual([30, 50]);
    expect(positionsOf(await left.events('k', { after: START, to: FAR, limit: 3 }))).toHaveLength(
      3,
    );
    expect(await left.events('another', { after: START, to: FAR, limit: 10 })).toEqual([]);
  });

  it('is forgotten once, and not what another replica has put in its place', async () => {
    const kept = await KeptCategories.open(databases.open());
    const old = place(40, 30);
    await kept.write('k', old, [event(30)]);
    await kept.forget('k', old);
    expect(await kept.read('k')).toBeUndefined();
    expect(await kept.events('k', { after: START, to: FAR, limit: 10 })).toEqual([]);
    await kept.write('k', place(12, 7), [event(7)]);
    await kept.forget('k', old);
    expect(await kept.read('k')).toEqual(place(12, 7));
    expect(positionsOf(await kept.events('k', { after: START, to: FAR, limit: 10 }))).toEqual([7]);
  });

  it('holds thousands of events of any text', async () => {
    const kept = await KeptCategories.open(databases.open());
    const text = 'a\u0000b \ud800 \ud83c\udf9f "quoted"';
    const events = Array.from({ length: 1500 }, (_, n) => event(n, text));
    await kept.write('k', place(1499, 1499), events);
    expect(await kept.events('k', { after: START, to: 1499, limit: 2000 })).toEqual(events);
  });
});
