import type { Decision, Rejection } from '@fidelis/kernel';
import type { OrderTerms, PurchaseEvent } from './purchase.events';
import { purchaseAggregate, type LivePurchase, type Purchase } from './purchase.state';
import { requestPurchase, type RequestPurchase } from './request.decide';

// Cases that the specs of this folder share. One point is worth 1.00 here, where nothing else is said.

export const AT = '2026-11-22T10:00:00.000Z';
export const LATER = '2026-11-22T10:05:00.000Z';
export const EXPIRY = '2026-11-22T10:15:00.000Z';
const RATE = { points: 1, worth: 100 };

export function order(n: number, points: number, more: Partial<OrderTerms> = {}): OrderTerms {
  return {
    orderId: `p1.${n}`,
    vendorId: `v${n}`,
    items: [{ sku: `sku-${n}`, quantity: 1, price: points * 100 }],
    shippingAmount: 0,
    points,
    amount: points * 100,
    rate: RATE,
    commissionBps: 0,
    ...more,
  };
}

function request(orders: readonly OrderTerms[], more: Partial<RequestPurchase>): RequestPurchase {
  const points = orders.reduce((sum, part) => sum + part.points, 0);
  return {
    purchaseId: 'p1',
    kind: 'external',
    participantId: 'm1',
    accountId: 'a1',
    programId: 'g1',
    currency: 'EUR',
    points,
    amount: orders.reduce((sum, part) => sum + part.amount, 0),
    orders,
    onPartialFailure: 'accept',
    authorizationId: 'auth-1',
    holds: orders.map((part, index) => ({
      orderId: part.orderId,
      holdId: `a1.h${index + 1}`,
      points: part.points,
    })),
    expiresAt: EXPIRY,
    now: AT,
    ...more,
  };
}

/** An external purchase that holds points until 10:15. */
export function authorized(terms: OrderTerms = order(1, 100)): LivePurchase {
  return live(then({ phase: 'absent' }, (state) => requestPurchase(request([terms], {}), state)));
}

/** An internal purchase whose vendors may answer until 10:15. */
export function placed(
  orders: readonly OrderTerms[],
  onPartialFailure: 'accept' | 'cancel' = 'accept',
): LivePurchase {
  const command = request(orders, { kind: 'internal', onPartialFailure, answerBy: EXPIRY });
  return live(then({ phase: 'absent' }, (state) => requestPurchase(command, state)));
}

type Decide = (purchase: Purchase) => Decision<PurchaseEvent, Rejection>;

/** The state after a command that is accepted; the same command again must change nothing. */
export function then(purchase: Purchase, decide: Decide): Purchase {
  const decision = decide(purchase);
  if (decision.outcome === 'rejected') throw new Error(decision.rejection.code);
  const next = fold(purchase, decision.events);
  expect(decide(next)).toEqual({ outcome: 'accepted', events: [] });
  return next;
}

export function fold(purchase: Purchase, events: readonly PurchaseEvent[]): Purchase {
  return events.reduce((state, event) => purchaseAggregate.evolve(state, event), purchase);
}

export function live(purchase: Purchase): LivePurchase {
  if (purchase.phase === 'absent') throw new Error('no purchase');
  return purchase;
}

/** The types of the events that a command gives, or the code with which it is refused. */
export function saysTo(purchase: Purchase, decide: Decide): readonly string[] | string {
  const decision = decide(purchase);
  if (decision.outcome === 'rejected') return decision.rejection.code;
  return decision.events.map((event) => event.type);
}

/** The account's operations `op-1`, `op-2` … paid the orders `p1.1`, `p1.2` … */
export const PAID_BY: ReadonlyMap<string, string> = new Map([
  ['p1.1', 'op-1'],
  ['p1.2', 'op-2'],
]);
