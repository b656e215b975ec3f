import fc from 'fast-check';
import {
  countLots,
  findLot,
  insertLot,
  lotsOf,
  replaceLot,
  spendingOrder,
  type Lot,
  type LotList,
} from './lot-list';

function lotOf(lotId: string, day: number | undefined, granted: number): Lot {
  const at = `2026-01-${String(granted).padStart(2, '0')}T00:00:00.000Z`;
  const expiresAt =
    day === undefined ? {} : { expiresAt: `2027-01-${String(day).padStart(2, '0')}` };
  return {
    ...{ lotId, granted: 10, remaining: 10, held: 0, wallet: 'points', pointSource: 'default' },
    ...{ grantedAt: at, availableAt: at, ...expiresAt },
    source: { kind: 'credit', id: lotId },
  };
}

const lots = fc
  .array(
    fc.tuple(
      fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      fc.integer({ min: 1, max: 9 }),
    ),
    {
      maxLength: 400,
    },
  )
  .map((list) => list.map(([day, granted], index) => lotOf(`lot-${index}`, day, granted)));

const filled = (list: readonly Lot[]): LotList =>
  list.reduce<LotList>((all, lot) => insertLot(all, lot, spendingOrder), []);

describe('a list of lots', () => {
  it('is in the order of spending, equals in the order of their coming', () => {
    fc.assert(
      fc.property(lots, (list) => {
        const sorted = [...list].sort(spendingOrder);
        expect([...lotsOf(filled(list))].map(({ lotId }) => lotId)).toEqual(
          sorted.map(({ lotId }) => lotId),
        );
      }),
    );
  });

  it('finds, replaces and drops each of its lots', () => {
    fc.assert(
      fc.property(lots, fc.nat(400), (list, pick) => {
        const lot = list[pick % Math.max(list.length, 1)];
        if (lot === undefined) return;
        const all = filled(list);
        expect(findLot(all, lot, spendingOrder)).toBe(lot);
        const smaller = replaceLot(all, { ...lot, remaining: 3 }, spendingOrder);
        expect(findLot(smaller, lot, spendingOrder)?.remaining).toBe(3);
        expect(findLot(all, lot, spendingOrder)?.remaining).toBe(10);
        const without = replaceLot(all, { ...lot, remaining: 0 }, spendingOrder);
        expect(findLot(without, lot, spendingOrder)).toBeUndefined();
        expect(countLots(without)).toBe(list.length - 1);
      }),
    );
  });

  it('keeps its chunks small, so that a change copies little', () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      lotOf(`lot-${index}`, (index % 28) + 1, 1),
    );
    expect(Math.max(...filled(many).map((chunk) => chunk.length))).toBeLessThanOrEqual(64);
  });
});
