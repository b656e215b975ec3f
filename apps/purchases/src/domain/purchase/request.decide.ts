import { accepted, assertInvariant, type Decision, type Instant } from '@fidelis/kernel';
import { sumPoints } from '@fidelis/ledger';
import type { PurchaseEvent, PurchaseRequested } from './purchase.events';
import type { Purchase } from './purchase.state';

export interface RequestPurchase extends Omit<PurchaseRequested['data'], 'at'> {
  readonly authorizationId: string;
  /** The account's answers: it holds exactly the points of each order. */
  readonly holds: readonly {
    readonly orderId: string;
    readonly holdId: string;
    readonly points: number;
  }[];
  readonly expiresAt: Instant;
  /** Internal: until when vendors may answer. */
  readonly answerBy?: Instant;
  readonly now: Instant;
}

/**
 * Comes after the hold: what the account refuses leaves no purchase, and a hold whose purchase was
 * never recorded lapses by itself.
 */
export function requestPurchase(
  command: RequestPurchase,
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'absent') return accepted();
  const { authorizationId, holds, expiresAt, answerBy, now, ...details } = command;
  for (const { orderId, points } of details.orders) {
    const hold = holds.find((candidate) => candidate.orderId === orderId);
    assertInvariant((hold?.points ?? 0) === points, `the hold of ${orderId} is not of its points`);
  }
  assertInvariant(
    sumPoints(details.orders.map((order) => order.points)) === details.points,
    'the orders do not sum to the purchase',
  );
  const { orders, currency } = details;
  const held = holds.map(({ orderId, holdId }) => ({ orderId, holdId }));
  return accepted<PurchaseEvent>(
    { type: 'PurchaseRequested', data: { ...details, at: now } },
    { type: 'PurchaseAuthorized', data: { authorizationId, holds: held, expiresAt, at: now } },
    ...(answerBy === undefined
      ? []
      : [{ type: 'OrdersPlaced', data: { orders, currency, answerBy, at: now } } as const]),
  );
}
