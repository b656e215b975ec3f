import type { Decision, Rejection } from '@fidelis/kernel';
import { nextAction } from './next-action';
import {
  beginAttempt,
  giveStockBack,
  receiveOrder,
  recordAnswer,
  recordFailedAttempt,
  requestCancellation,
  retryDelayMs,
  secureStock,
  type VendorAnswer,
} from './vendor-order.decide';
import type { VendorOrderEvent } from './vendor-order.events';
import { vendorOrderAggregate, type VendorOrder } from './vendor-order.state';

const AT = '2026-11-22T10:00:00.000Z';
const LIMIT = '2026-11-22T10:10:00.000Z';
const items = [{ sku: 'lamp', quantity: 2 }];

type Decide = (order: VendorOrder) => Decision<VendorOrderEvent, Rejection>;

function then(order: VendorOrder, ...steps: readonly Decide[]): VendorOrder {
  return steps.reduce((state, decide) => {
    const decision = decide(state);
    if (decision.outcome === 'rejected') throw new Error(decision.rejection.code);
    const next = decision.events.reduce(vendorOrderAggregate.evolve, state);
    expect(decide(next)).toEqual({ outcome: 'accepted', events: [] });
    return next;
  }, order);
}

function saysTo(order: VendorOrder, decide: Decide): readonly string[] | string {
  const decision = decide(order);
  if (decision.outcome === 'rejected') return decision.rejection.code;
  return decision.events.map(({ type }) => type);
}

const receive: Decide = (order) =>
  receiveOrder(
    {
      orderId: 'p1.1',
      purchaseId: 'p1',
      vendorId: 'v1',
      items,
      amount: 800,
      shippingAmount: 0,
      currency: 'EUR',
      answerBy: LIMIT,
      now: AT,
    },
    order,
  );
const secure: Decide = (order) => secureStock({ items, now: AT }, order);
const says =
  (status: VendorAnswer['status'], more: Partial<VendorAnswer> = {}): Decide =>
  (order) =>
    recordAnswer({ status, now: AT, ...more }, order);
const begin =
  (to: 'place' | 'cancel', attempt: number, now = AT): Decide =>
  (order) =>
    beginAttempt({ to, attempt, now }, order);
const fail =
  (to: 'place' | 'cancel', attempt: number, now = AT): Decide =>
  (order) =>
    recordFailedAttempt({ to, attempt, reason: 'away', now }, order);
const cancel: Decide = (order) => requestCancellation({ by: 'purchase', now: AT }, order);

const received = then({ phase: 'absent' }, receive);
const secured = then(received, secure);

describe('an order at a vendor', () => {
  it('takes its stock first, then is placed', () => {
    expect(nextAction(received, AT)).toEqual({ action: 'take-stock' });
    expect(nextAction(secured, AT)).toEqual({ action: 'place', attempt: 1 });
  });

  it('is placed again after 1, 2, 4 … seconds, at most every five minutes', () => {
    const once = then(secured, begin('place', 1), fail('place', 1));
    expect(nextAction(once, AT)).toEqual({ action: 'wait', until: '2026-11-22T10:00:01.000Z' });
    const next = '2026-11-22T10:00:01.000Z';
    expect(nextAction(once, next)).toEqual({ action: 'place', attempt: 2 });
    const twice = then(once, begin('place', 2, next), fail('place', 2, next));
    expect(nextAction(twice, AT)).toEqual({ action: 'wait', until: '2026-11-22T10:00:03.000Z' });
    expect([1, 2, 9, 10, 60].map(retryDelayMs)).toEqual([1000, 2000, 256_000, 300_000, 300_000]);
  });

  it('is placed again after half a minute when its attempt was lost in a crash', () => {
    const asked = then(secured, begin('place', 1));
    const retryAt = '2026-11-22T10:00:30.000Z';
    expect(nextAction(asked, AT)).toEqual({ action: 'wait', until: retryAt });
    expect(nextAction(asked, retryAt)).toEqual({ action: 'place', attempt: 2 });
  });

  it('ignores a placement that fails while it is being cancelled', () => {
    const cancelling = then(secured, begin('place', 1), cancel, begin('cancel', 1));
    expect(saysTo(cancelling, fail('place', 1))).toEqual([]);
  });

  it('is given up at the limit, and then cancelled until the vendor answers', () => {
    const once = then(secured, begin('place', 1), fail('place', 1));
    expect(nextAction(once, LIMIT)).toEqual({ action: 'give-up' });
    const limit: Decide = (order) => requestCancellation({ by: 'time-limit', now: LIMIT }, order);
    const cancelling = then(once, limit);
    expect(nextAction(cancelling, LIMIT)).toEqual({ action: 'cancel', attempt: 1 });
    const later = then(cancelling, begin('cancel', 1, LIMIT), fail('cancel', 1, LIMIT));
    expect(nextAction(later, LIMIT)).toEqual({ action: 'wait', until: '2026-11-22T10:10:01.000Z' });
    const done = then(later, says('cancelled'));
    expect(nextAction(done, LIMIT)).toEqual({ action: 'return-stock', items });
    const back: Decide = (order) => giveStockBack({ now: LIMIT }, order);
    expect(nextAction(then(done, back), LIMIT)).toEqual({ action: 'none' });
  });

  it('waits for the callback of a vendor that took it and has not decided', () => {
    const waiting = then(secured, says('acknowledged', { vendorOrderId: 'V-1' }));
    expect(nextAction(waiting, AT)).toEqual({ action: 'wait', until: LIMIT });
    expect(nextAction(waiting, LIMIT)).toEqual({ action: 'give-up' });
    expect(then(waiting, says('accepted'))).toMatchObject({
      phase: 'accepted',
      vendorOrderId: 'V-1',
    });
  });

  it('that was accepted in time is not given up any more', () => {
    const accepted = then(secured, says('accepted', { vendorOrderId: 'V-1' }));
    expect(nextAction(accepted, LIMIT)).toEqual({ action: 'none' });
    const limit: Decide = (order) => requestCancellation({ by: 'time-limit', now: LIMIT }, order);
    expect(saysTo(accepted, limit)).toEqual([]);
  });

  it('gives its stock back when the vendor refuses', () => {
    expect(nextAction(then(secured, says('refused')), AT)).toEqual({
      action: 'return-stock',
      items,
    });
  });

  it('that is accepted while it is being cancelled is still cancelled', () => {
    const cancelling = then(secured, cancel, says('accepted'));
    expect(nextAction(cancelling, AT)).toEqual({ action: 'cancel', attempt: 1 });
  });

  it('that is accepted after it was cancelled is cancelled again', () => {
    const cancelled = then(secured, cancel, says('cancelled'));
    expect(saysTo(cancelled, says('accepted'))).toEqual(['CancellationRequested']);
  });

  it('is kept when the vendor refuses to cancel: then it has to be paid', () => {
    const kept = then(secured, says('accepted'), cancel, says('cancellation-refused'));
    expect(kept.phase).toBe('kept');
    expect(nextAction(kept, AT)).toEqual({ action: 'none' });
    expect(saysTo(kept, says('cancelled'))).toEqual(['OrderCancelled']);
  });

  it('is withdrawn by a vendor that refuses what it had accepted', () => {
    const accepted = then(secured, says('accepted'));
    expect(saysTo(accepted, says('refused'))).toEqual(['OrderCancelled']);
  });

  it('is unknown before it was received', () => {
    expect(saysTo({ phase: 'absent' }, says('accepted'))).toBe('not_found');
    expect(saysTo({ phase: 'absent' }, cancel)).toBe('not_found');
  });
});
