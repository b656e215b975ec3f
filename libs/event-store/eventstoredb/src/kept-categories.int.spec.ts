import { START, type RecordedEvent } from '@fidelis/event-store';
import { describeOnDatabases } from '@fidelis/infra';
import { KeptCategories, type KeptRow } from './kept-categories';

const event = (position: number, text = ''): RecordedEvent => ({
  ...{ id: `id-${position}`, type: 'ThingHappened', data: { text } },
  metadata: { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'o' },
  ...{ stream: 'thing-1', category: 'thing', revision: 0, position },
});
const place = (seenTo: number, head: number) => ({ seenTo, head, eventId: `id-${seenTo}` });
const positionsOf = (events: readonly RecordedEvent[] | undefined) =>
  events?.map(({ position }) => position);
/** Behind what four bytes hold: positions are bytes of the log. */
const FAR = 9_000_000_000_000;

async function written(
  kept: KeptCategories,
  write: Parameters<KeptCategories['write']>[1],
): Promise<KeptRow> {
  const row = await kept.write('k', write);
  if (row === undefined) throw new Error('another replica was first');
  return row;
}

describeOnDatabases('what is kept of categories', (databases) => {
  it('is moved only by who knows where it was, with all of its events', async () => {
    const db = databases.open();
    const [left, right] = await Promise.all([KeptCategories.open(db), KeptCategories.open(db)]);
    expect(await left.read('k')).toBeUndefined();
    const first = await written(left, {
      ...{ place: place(40, 30), events: [event(10), event(30)], before: undefined },
    });
    expect(first).toMatchObject(place(40, 30));
    const { generation } = first;
    const far = place(FAR, FAR);
    const blind = { place: far, events: [event(FAR)], before: undefined };
    expect(await right.write('k', blind)).toBeUndefined();
    expect(await right.read('k')).toEqual(first);
    const news = [event(50), event(FAR)];
    const second = await written(right, { place: far, events: news, before: first });
    expect(second).toEqual({ ...far, generation });
    const behind = { place: place(60, 60), events: [event(60)], before: first };
    expect(await left.write('k', behind)).toBeUndefined();
    expect(await left.read('k')).toEqual(second);
    const all = { generation, after: START, to: FAR, limit: 10 };
    expect(positionsOf(await left.events('k', all))).toEqual([10, 30, 50, FAR]);
    const some = await left.events('k', { ...all, after: 10, to: 50 });
    expect(positionsOf(some)).toEqual([30, 50]);
    expect(positionsOf(await left.events('k', { ...all, limit: 3 }))).toEqual([10, 30, 50]);
    expect(await left.events('another', all)).toBeUndefined();
  });

  it('is forgotten once, and not what another replica has put in its place', async () => {
    const kept = await KeptCategories.open(databases.open());
    const old = await written(kept, {
      ...{ place: place(40, 30), events: [event(30)], before: undefined },
    });
    await kept.forget('k', old);
    expect(await kept.read('k')).toBeUndefined();
    const all = { after: START, to: FAR, limit: 10 };
    expect(await kept.events('k', { ...all, generation: old.generation })).toBeUndefined();
    // Whoever knew of it does not go on in what comes after it.
    const on = { place: place(200, 150), events: [event(150)], before: old };
    expect(await kept.write('k', on)).toBeUndefined();
    const anew = await written(kept, {
      ...{ place: place(40, 30), events: [event(7), event(30)], before: undefined },
    });
    expect(await kept.write('k', on)).toBeUndefined();
    await kept.forget('k', old);
    expect(await kept.read('k')).toEqual(anew);
    const { generation } = anew;
    expect(positionsOf(await kept.events('k', { ...all, generation }))).toEqual([7, 30]);
    expect(await kept.events('k', { ...all, generation: old.generation })).toBeUndefined();
  });

  it('is written by one of those who begin at the same time', async () => {
    const kept = await KeptCategories.open(databases.open());
    const begin = { place: place(40, 30), events: [event(30)], before: undefined };
    const rows = await Promise.all([1, 2, 3].map(() => kept.write('k', begin)));
    const row = await kept.read('k');
    expect(rows.filter((one) => one !== undefined)).toEqual([row]);
  });

  it('holds thousands of events of any text', async () => {
    const kept = await KeptCategories.open(databases.open());
    const text = 'a\u0000b \ud800 \ud83c\udf9f "quoted"';
    const events = Array.from({ length: 1500 }, (_, n) => event(n, text));
    const { generation } = await written(kept, {
      ...{ place: place(1499, 1499), events, before: undefined },
    });
    const all = { generation, after: START, to: 1499, limit: 2000 };
    expect(await kept.events('k', all)).toEqual(events);
  });
});
