import { sumPoints } from '@fidelis/ledger';
import type { Instant } from '@fidelis/kernel';
import { commissionOf } from './pricing';
import type { Order } from './order.state';
import type {
  ConfirmationRequested,
  OrderCancellationRequested,
  OrderShare,
  PaidShare,
  Payer,
  PurchaseEvent,
} from './purchase.events';
import type { LivePurchase } from './purchase.state';

/**
 * What follows from the vendors' answers, once every order has one: the accepted part is captured
 * and the rest released, or everything is given up, as the client chose.
 */
export function settleWhenAnswered(
  purchase: Pick<LivePurchase, 'orders' | 'onPartialFailure'>,
  at: Instant,
): readonly PurchaseEvent[] {
  const { orders } = purchase;
  if (orders.some((order) => order.status === 'requested')) return [];
  const kept = orders.filter((order) => order.status === 'accepted');
  if (kept.length === 0) return [{ type: 'ReleaseRequested', data: { outcome: 'failed', at } }];
  if (kept.length === orders.length || purchase.onPartialFailure === 'accept') {
    return [confirmationOf(kept, at)];
  }
  return [
    ...kept.map((order) => cancellationOf(order, 'partial-failure', at)),
    { type: 'ReleaseRequested', data: { outcome: 'cancelled', reason: 'partial-failure', at } },
  ];
}

export function cancellationOf(
  order: Order,
  reason: OrderCancellationRequested['data']['reason'],
  at: Instant,
): OrderCancellationRequested {
  const { orderId, vendorId } = order;
  return { type: 'OrderCancellationRequested', data: { orderId, vendorId, reason, at } };
}

export function shareOf({ orderId, points, amount }: Order): OrderShare {
  return { orderId, points, amount };
}

/** The share as it was paid, with everything that settling with the vendor needs. */
export function paidShareOf(order: Order, share: OrderShare, operationId: string): PaidShare {
  const { vendorId, commissionBps } = order;
  const { orderId, points, amount } = share;
  const commission = commissionOf(amount, commissionBps);
  return { orderId, vendorId, points, amount, commission, operationId };
}

export function payerOf({ accountId, programId, currency }: LivePurchase): Payer {
  return { accountId, programId, currency };
}

function confirmationOf(orders: readonly Order[], at: Instant): ConfirmationRequested {
  const shares = orders.map(shareOf);
  const points = sumPoints(shares.map((share) => share.points));
  const amount = sumPoints(shares.map((share) => share.amount));
  return { type: 'ConfirmationRequested', data: { points, amount, orders: shares, at } };
}
