import { MemoryEventStore } from '@fidelis/event-store-memory';
import { Allotments } from '../src/commands/allotments';
import type { Limit } from '../src/domain/allotment';
import { RewardStoreStreams } from '../src/reward-store.streams';

const now = '2026-11-23T10:00:00.000Z';
const stock: Limit = { allotmentId: 'stock', max: 10, code: 'out_of_stock' };
const perPerson: Limit = { allotmentId: 'anna', max: 1, code: 'limit_reached' };

describe('allotments', () => {
  let eventStore: MemoryEventStore;
  let allotments: Allotments;

  beforeEach(() => {
    eventStore = new MemoryEventStore();
    allotments = new Allotments(new RewardStoreStreams(eventStore));
  });

  afterEach(() => eventStore.close());

  const take = (takerId: string, ...limits: Limit[]) =>
    allotments.takeAll(limits, { takerId, quantity: 1, now });
  const giveBack = (takerId: string, ...limits: Limit[]) =>
    allotments.giveBackAll(limits, { takerId, quantity: 1, now });

  it('serve ten of a hundred who come at once', async () => {
    const takers = Array.from({ length: 100 }, (_, index) => `taker-${index}`);
    const answers = await Promise.all(takers.map((taker) => take(taker, stock)));
    expect(answers.filter((refused) => refused === undefined)).toHaveLength(10);
    expect(await allotments.left(stock)).toBe(0);
  });

  it('are taken once and given back once by the same taker', async () => {
    expect(await take('a', stock)).toBeUndefined();
    expect(await take('a', stock)).toBeUndefined();
    expect(await allotments.left(stock)).toBe(9);
    await giveBack('a', stock);
    await giveBack('a', stock);
    expect(await allotments.left(stock)).toBe(10);
  });

  it('are taken all or none', async () => {
    await take('a', perPerson, stock);
    expect(await take('b', stock, perPerson)).toMatchObject({ code: 'limit_reached' });
    expect(await allotments.left(stock)).toBe(9);
  });

  it('refuse a taking that was given back, for good', async () => {
    await take('a', stock);
    await giveBack('a', stock);
    expect(await take('a', stock)).toMatchObject({ code: 'out_of_stock' });
    expect(await allotments.left(stock)).toBe(10);
  });

  it('refuse a taking that comes after it was given up', async () => {
    await giveBack('slow', stock);
    expect(await take('slow', stock)).toMatchObject({ code: 'out_of_stock' });
    expect(await allotments.left(stock)).toBe(10);
    expect(await take('quick', stock)).toBeUndefined();
  });
});
