import { sumPoints } from '@fidelis/ledger';
import type { Instant } from '@fidelis/kernel';
import type { Order } from './order.state';
import type {
  ConfirmationRequested,
  OrderCancellationRequested,
  OrderShare,
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
  return { type: 'OrderCancellationRequested', data: { orderId: order.orderId, reason, at } };
}

export function shareOf({ orderId, points, amount }: Order): OrderShare {
  return { orderId, points, amount };
}

function confirmationOf(orders: readonly Order[], at: Instant): ConfirmationRequested {
  const shares = orders.map(shareOf);
  const points = sumPoints(shares.map((share) => share.points));
  const amount = sumPoints(shares.map((share) => share.amount));
  return { type: 'ConfirmationRequested', data: { points, amount, orders: shares, at } };
}
