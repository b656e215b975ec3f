import { amountOf, commissionOf, moneyFor, pointsFor, pointsOfOrders } from './pricing';

const THREE_FOR_A_EURO = { points: 3, worth: 100 };

describe('points and money of a purchase', () => {
  it('are rounded up for an amount, down for points', () => {
    // 10.50 × 3 / 1.00 = 31.5 points; 32 points are worth 10.666…
    expect(pointsFor(1050, THREE_FOR_A_EURO)).toBe(32);
    expect(moneyFor(32, THREE_FOR_A_EURO)).toBe(1066);
    expect(pointsFor(1000, THREE_FOR_A_EURO)).toBe(30);
  });

  it('of a cart are rounded up once and split by the largest remainder', () => {
    // 10.00 + 5.50 = 15.50 → 46.5 → 47 points: 30.32 and 16.68 → 30 and 17
    const orders = [
      { amount: 1000, rate: THREE_FOR_A_EURO },
      { amount: 550, rate: THREE_FOR_A_EURO },
    ];
    expect(pointsOfOrders(orders)).toEqual([30, 17]);
  });

  it('follow each vendor’s own conversion', () => {
    // 1.00 at 3 points; 0.99 at 100 points per 1.00
    const orders = [
      { amount: 100, rate: THREE_FOR_A_EURO },
      { amount: 99, rate: { points: 100, worth: 100 } },
    ];
    expect(pointsOfOrders(orders)).toEqual([3, 99]);
  });

  it('are nothing when they cannot be counted exactly', () => {
    const rate = { points: 1_000_000, worth: 1 };
    expect(pointsFor(Number.MAX_SAFE_INTEGER, rate)).toBeUndefined();
    expect(amountOf([{ quantity: 2, price: Number.MAX_SAFE_INTEGER }], 0)).toBeUndefined();
  });

  it('sum quantity times price and shipping', () => {
    expect(
      amountOf(
        [
          { quantity: 3, price: 250 },
          { quantity: 1, price: 99 },
        ],
        500,
      ),
    ).toBe(1349);
  });

  it('leave the operator its commission, rounded down', () => {
    expect(commissionOf(9999, 250)).toBe(249);
  });
});
