import { accepted, assertInvariant, type Decision, type Instant } from '@fidelis/kernel';
import { sumPoints } from '@fidelis/ledger';
import type { PurchaseEvent, PurchaseRequested } from './purchase.events';
import type { Purchase } from './purchase.state';

export interface RequestPurchase extends Omit<PurchaseRequested['data'], 'at'> {
  readonly authorizationId: string;
  /** The account's answer: it holds exactly the purchase's points. */
  readonly hold: {
    readonly holdId: string;
    readonly points: number;
    readonly expiresAt: Instant;
  };
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
  const { authorizationId, hold, answerBy, now, ...details } = command;
  assertInvariant(hold.points === details.points, 'the hold is of other points than the purchase');
  assertInvariant(
    sumPoints(details.orders.map((order) => order.points)) === details.points,
    'the orders do not sum to the purchase',
  );
  const { holdId, expiresAt } = hold;
  return accepted<PurchaseEvent>(
    { type: 'PurchaseRequested', data: { ...details, at: now } },
    { type: 'PurchaseAuthorized', data: { authorizationId, holdId, expiresAt, at: now } },
    ...(answerBy === undefined
      ? []
      : [{ type: 'OrdersPlaced', data: { answerBy, at: now } } as const]),
  );
}
