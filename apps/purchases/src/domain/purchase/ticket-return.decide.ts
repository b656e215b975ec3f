import { accepted, type Decision, type Instant } from '@fidelis/kernel';
import { remainingOf } from './order.state';
import type { OrderReversalRequested, PurchaseEvent, Reason } from './purchase.events';
import {
  notAuthorized,
  notFound,
  type PurchaseNotAuthorized,
  type PurchaseNotFound,
} from './purchase.rejections';
import type { Purchase } from './purchase.state';

export interface ReverseForTicket {
  readonly ticket: string;
  readonly reversalId: string;
  /** What the return undoes of the ticket's payment, by the ticket's arithmetic. */
  readonly points: number;
  readonly amount: number;
  readonly reason: Reason;
  readonly now: Instant;
}

/**
 * The ticket that the purchase paid comes back, wholly or in part: so do its orders, the first one
 * first. What was reversed at the vendor before is not given back twice, so it may be less.
 */
export function reverseForTicket(
  { ticket, reversalId, points, amount, reason, now }: ReverseForTicket,
  purchase: Purchase,
): Decision<PurchaseEvent, PurchaseNotFound | PurchaseNotAuthorized> {
  if (purchase.phase === 'absent' || purchase.ticket !== ticket) return notFound('purchase');
  if (purchase.phase !== 'confirmed') {
    return notAuthorized(purchase.phase, 'the purchase has not paid its ticket yet');
  }
  const { orders } = purchase;
  const isKnown = orders.some(({ reversals }) =>
    reversals.some((reversal) => reversal.reversalId === reversalId),
  );
  if (isKnown) return accepted();
  const asked: OrderReversalRequested[] = [];
  let [pointsLeft, amountLeft] = [points, amount];
  for (const order of orders) {
    const left = remainingOf(order);
    const part = {
      points: Math.min(pointsLeft, left.points),
      amount: Math.min(amountLeft, left.amount),
    };
    if (order.paidBy === undefined || part.points + part.amount <= 0) continue;
    pointsLeft -= part.points;
    amountLeft -= part.amount;
    const { orderId } = order;
    const share = { reversalId, orderId, kind: 'value', ...part, freight: 0, items: [] } as const;
    asked.push({ type: 'OrderReversalRequested', data: { ...share, reason, at: now } });
  }
  return accepted(...asked);
}
