import { recordCaptured, recordReleased, cancelPurchase } from './confirm.decide';
import { recordLateCapture } from './late-order.decide';
import { nextAction } from './next-action';
import { giveUpOnOrders, recordOrderAnswer, type RecordOrderAnswer } from './orders.decide';
import { AT, EXPIRY, LATER, live, order, PAID_BY, placed, saysTo, then } from './purchase-cases';
import type { Purchase } from './purchase.state';

const answer =
  (n: number, status: RecordOrderAnswer['status'], more: Partial<RecordOrderAnswer> = {}) =>
  (purchase: Purchase) =>
    recordOrderAnswer({ orderId: `p1.${n}`, status, now: LATER, ...more }, purchase);
const giveUp = (purchase: Purchase) => giveUpOnOrders({ now: EXPIRY }, purchase);
const released = (purchase: Purchase) => recordReleased({ now: LATER }, purchase);
const captured = (purchase: Purchase) =>
  recordCaptured({ operationIds: PAID_BY, now: LATER }, purchase);
const two = [order(1, 60), order(2, 40)];

describe('an internal purchase', () => {
  it('waits for its vendors until the limit', () => {
    expect(nextAction(placed(two), AT)).toEqual({ action: 'wait', until: EXPIRY });
    expect(nextAction(placed(two), EXPIRY)).toEqual({ action: 'give-up-on-orders' });
    expect(saysTo(placed(two), (state) => giveUpOnOrders({ now: LATER }, state))).toEqual([]);
  });

  it('is captured whole when every vendor accepts', () => {
    const half = then(placed(two), answer(1, 'accepted', { vendorOrderId: 'V-77' }));
    expect(live(half).phase).toBe('authorized');
    const all = then(half, answer(2, 'accepted'));
    expect(nextAction(all, LATER)).toMatchObject({
      captures: [
        { orderId: 'p1.1', points: 60 },
        { orderId: 'p1.2', points: 40 },
      ],
      force: true,
    });
    const confirmed = live(then(all, captured));
    expect(confirmed.orders.map(({ status }) => status)).toEqual(['confirmed', 'confirmed']);
    expect(confirmed.orders[0]?.vendorOrderId).toBe('V-77');
  });

  it('captures the accepted part when the client accepts partial failure', () => {
    const half = then(placed(two), answer(1, 'accepted'));
    const all = then(half, answer(2, 'refused', { reason: 'sold out' }));
    expect(nextAction(all, LATER)).toMatchObject({
      captures: [{ orderId: 'p1.1', holdId: 'a1.h1', points: 60, amount: 6000 }],
      releases: ['a1.h2'],
    });
    const confirmed = live(then(all, captured));
    expect(confirmed.orders.map(({ status }) => status)).toEqual(['confirmed', 'refused']);
    expect(confirmed.orders[1]).toMatchObject({ refusal: 'sold out', redeemed: { points: 0 } });
  });

  it('gives everything back when the client wants all or nothing', () => {
    const half = then(placed(two, 'cancel'), answer(1, 'accepted'));
    expect(saysTo(half, answer(2, 'refused'))).toEqual([
      'OrderRefused',
      'OrderCancellationRequested',
      'ReleaseRequested',
    ]);
    const all = then(half, answer(2, 'refused'));
    expect(nextAction(all, LATER)).toMatchObject({ action: 'release' });
    expect(live(then(all, released)).phase).toBe('cancelled');
  });

  it('fails when no vendor accepts', () => {
    const refused = then(then(placed(two), answer(1, 'refused')), answer(2, 'refused'));
    expect(live(then(refused, released)).phase).toBe('failed');
  });

  it('cancels the orders of silent vendors at the limit and releases their points', () => {
    const half = then(placed(two), answer(1, 'accepted'));
    const late = live(then(half, giveUp));
    expect(late.orders.map(({ status }) => status)).toEqual(['accepted', 'cancelling']);
    expect(nextAction(late, EXPIRY)).toMatchObject({ captures: [{ points: 60 }] });
    const silent = live(then(placed(two), giveUp));
    expect(nextAction(silent, EXPIRY)).toMatchObject({ action: 'release' });
    expect(live(then(silent, released)).phase).toBe('failed');
  });

  it('ignores an acceptance that comes after the order was given up: the vendor is told', () => {
    const failed = then(then(placed([order(1, 100)]), giveUp), released);
    expect(saysTo(failed, answer(1, 'accepted'))).toEqual([]);
    expect(saysTo(failed, answer(1, 'cancelled'))).toEqual(['OrderCancelled']);
  });

  it('pays an order that its vendor will not cancel, as a settlement exception', () => {
    const failed = then(then(placed([order(1, 100)]), giveUp), released);
    const kept = then(failed, answer(1, 'cancellation-refused', { vendorOrderId: 'V-9' }));
    expect(nextAction(kept, LATER)).toEqual({
      action: 'capture-late',
      capture: { orderId: 'p1.1', holdId: 'a1.h1', points: 100, amount: 10_000 },
    });
    const late = { orderId: 'p1.1', operationId: 'op-9', now: LATER };
    const paid = live(then(kept, (state) => recordLateCapture(late, state)));
    expect(paid.orders[0]).toMatchObject({
      status: 'confirmed',
      exception: true,
      paidBy: 'op-9',
      vendorOrderId: 'V-9',
      redeemed: { points: 100, amount: 10_000 },
    });
    expect(nextAction(paid, LATER)).toEqual({ action: 'none' });
  });

  it('counts a vendor that withdraws its acceptance as a refusal', () => {
    const half = then(placed(two), answer(1, 'accepted'));
    const withdrawn = then(half, answer(1, 'cancelled'));
    expect(saysTo(withdrawn, answer(2, 'accepted'))).toEqual([
      'OrderAccepted',
      'ConfirmationRequested',
    ]);
  });

  it('lets a withdrawal wait while the account is being debited, then gives the points back', () => {
    const confirming = then(placed([order(1, 100)]), answer(1, 'accepted'));
    expect(saysTo(confirming, answer(1, 'cancelled'))).toBe('settlement_under_way');
    const confirmed = then(confirming, captured);
    expect(saysTo(confirmed, answer(1, 'cancelled'))).toEqual(['OrderReversalRequested']);
    const reversing = then(confirmed, answer(1, 'cancelled'));
    expect(nextAction(reversing, LATER)).toMatchObject({
      action: 'restore',
      paidBy: 'op-1',
      reversal: { kind: 'total', points: 100, amount: 10_000 },
    });
  });

  it('takes a cancellation by the client and one by its vendor for one', () => {
    const cancelled = then(placed(two), (state) => cancelPurchase({ now: LATER }, state));
    const answered = then(then(cancelled, answer(1, 'refused')), answer(2, 'cancelled'));
    expect(live(answered).orders.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  it('knows only its own orders', () => {
    expect(saysTo(placed(two), answer(3, 'accepted'))).toBe('not_found');
  });
});
