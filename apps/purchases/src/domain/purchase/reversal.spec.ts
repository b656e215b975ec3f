import fc from 'fast-check';
import { confirmPurchase, recordCaptured } from './confirm.decide';
import { nextAction } from './next-action';
import { remainingOf } from './order.state';
import { authorized, fold, LATER, live, order, PAID_BY, saysTo, then } from './purchase-cases';
import type { OrderTerms } from './purchase.events';
import type { LivePurchase, Purchase } from './purchase.state';
import { recordRestored, recordReversalRefused, reverseOrder } from './reversal.decide';
import type { AskedReversal } from './reversal.decide';

const reason = { code: 'returned' };

function confirmed(terms: OrderTerms, points = terms.points): LivePurchase {
  const asked = then(authorized(terms), (state) => confirmPurchase({ points, now: LATER }, state));
  return live(then(asked, (s) => recordCaptured({ operationIds: PAID_BY, now: LATER }, s)));
}

const reverse = (reversalId: string, asked: AskedReversal) => (purchase: Purchase) =>
  reverseOrder({ reversalId, orderId: 'p1.1', asked, reason, now: LATER }, purchase);

/** Points and money of one reversal. */
function given(purchase: Purchase, reversalId: string): readonly [number, number] {
  const found = live(purchase).orders[0]?.reversals.find((r) => r.reversalId === reversalId);
  return [found?.points ?? -1, found?.amount ?? -1];
}

// 3 points per 1.00: two lamps at 4.00, one at 2.00, shipping 0.50: 10.50, 32 points.
const lamps = order(1, 32, {
  items: [
    { sku: 'big', quantity: 2, price: 400 },
    { sku: 'small', quantity: 1, price: 200 },
  ],
  shippingAmount: 50,
  amount: 1050,
  rate: { points: 3, worth: 100 },
});

describe('the reversal of an order', () => {
  it('gives everything back that was redeemed', () => {
    const reversing = then(confirmed(lamps), reverse('r1', { kind: 'total' }));
    expect(given(reversing, 'r1')).toEqual([32, 1050]);
    expect(nextAction(reversing, LATER)).toMatchObject({
      action: 'restore',
      accountId: 'a1',
      orderId: 'p1.1',
      paidBy: 'op-1',
      reversal: { reversalId: 'r1', points: 32 },
    });
  });

  it('is done when the account has restored the points', () => {
    const reversing = then(confirmed(lamps), reverse('r1', { kind: 'total' }));
    const done = { reversalId: 'r1', orderId: 'p1.1', restoredPoints: 32, declined: false };
    const reversed = then(reversing, (state) => recordRestored({ ...done, now: LATER }, state));
    expect(nextAction(reversed, LATER)).toEqual({ action: 'none' });
    expect(saysTo(reversed, reverse('r1', { kind: 'total' }))).toEqual([]);
  });

  it('by pieces gives their price, and its share of the points rounded down', () => {
    // 4.00 of 10.50: 12.19 of 32 points; then 8.00: 24.38, so 12 more
    const one = then(confirmed(lamps), reverse('r1', quantity('big', 1)));
    expect(given(one, 'r1')).toEqual([12, 400]);
    const two = then(one, reverse('r2', quantity('big', 1)));
    expect(given(two, 'r2')).toEqual([12, 400]);
    expect(saysTo(two, reverse('r3', quantity('big', 1)))).toBe('reversal_exceeds_redemption');
  });

  it('by freight gives the shipping back, once', () => {
    // 0.50 of 10.50: 1.52 of 32 points
    const freight = then(confirmed(lamps), reverse('r1', { kind: 'freight' }));
    expect(given(freight, 'r1')).toEqual([1, 50]);
    expect(saysTo(freight, reverse('r2', { kind: 'freight' }))).toBe('reversal_exceeds_redemption');
  });

  it('by value gives points back and their share of the money, rounded down', () => {
    // 10 of 32 points: 3.28 of 10.50
    const ten = then(confirmed(lamps), reverse('r1', { kind: 'value', points: 10 }));
    expect(given(ten, 'r1')).toEqual([10, 328]);
    expect(saysTo(ten, reverse('r2', { kind: 'value', points: 23 }))).toBe(
      'reversal_exceeds_redemption',
    );
  });

  it('in parts of every kind gives exactly what a total one gives', () => {
    const parts: [string, AskedReversal][] = [
      ['r1', quantity('small', 1)],
      ['r2', { kind: 'freight' }],
      ['r3', { kind: 'value', points: 5 }],
      ['r4', { kind: 'total' }],
    ];
    const reversed = parts.reduce<Purchase>(
      (purchase, [id, asked]) => then(purchase, reverse(id, asked)),
      confirmed(lamps),
    );
    expect(remainingOf(live(reversed).orders[0] ?? openEnded())).toEqual({
      points: 0,
      amount: 0,
      freight: 0,
    });
    expect(saysTo(reversed, reverse('r5', { kind: 'total' }))).toBe('reversal_exceeds_redemption');
  });

  it('never exceeds what was confirmed in part', () => {
    const part = confirmed(order(1, 100), 60);
    expect(saysTo(part, reverse('r1', { kind: 'value', points: 61 }))).toBe(
      'reversal_exceeds_redemption',
    );
    expect(given(then(part, reverse('r1', { kind: 'total' })), 'r1')).toEqual([60, 6000]);
  });

  it('needs a confirmed order', () => {
    expect(saysTo(authorized(), reverse('r1', { kind: 'total' }))).toBe('purchase_not_authorized');
  });

  it('keeps its id: another content under it is refused', () => {
    const reversing = then(confirmed(lamps), reverse('r1', { kind: 'value', points: 5 }));
    expect(saysTo(reversing, reverse('r1', { kind: 'value', points: 6 }))).toBe('already_exists');
  });

  it('frees its share when the account refuses', () => {
    const reversing = then(confirmed(lamps), reverse('r1', { kind: 'total' }));
    const no = { reversalId: 'r1', orderId: 'p1.1', code: 'account_closed', now: LATER };
    const free = then(reversing, (state) => recordReversalRefused(no, state));
    expect(saysTo(free, reverse('r1', { kind: 'total' }))).toEqual(['OrderReversalRequested']);
  });

  it('of any parts by value sums to the whole, money and points', () => {
    const cases = fc.record({
      points: fc.integer({ min: 1, max: 10_000 }),
      amount: fc.integer({ min: 1, max: 1_000_000 }),
      parts: fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(cases, ({ points, amount, parts }) => {
        let purchase: Purchase = confirmed(order(1, points, { amount }));
        parts.forEach((part, index) => {
          const decision = reverse(`r${index}`, { kind: 'value', points: part })(purchase);
          if (decision.outcome === 'accepted') purchase = fold(purchase, decision.events);
        });
        const last = reverse('last', { kind: 'total' })(purchase);
        if (last.outcome === 'accepted') purchase = fold(purchase, last.events);
        const [whole] = live(purchase).orders;
        const sums = whole?.reversals ?? [];
        expect(sums.reduce((sum, part) => sum + part.points, 0)).toBe(points);
        expect(sums.reduce((sum, part) => sum + part.amount, 0)).toBe(amount);
        expect(sums.every((part) => part.points >= 0 && part.amount >= 0)).toBe(true);
      }),
    );
  });
});

function quantity(sku: string, pieces: number): AskedReversal {
  return { kind: 'quantity', items: [{ sku, quantity: pieces }] };
}

function openEnded(): never {
  throw new Error('the purchase has no order');
}
