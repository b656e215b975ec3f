import {
  statusOf,
  type LivePurchase,
  type Order,
  type OrderTerms,
  type PurchaseEvent,
} from '../domain/purchase';

/** A purchase as clients see it. What was confirmed counts, where something was. */
export function toPurchaseView(purchase: LivePurchase): object {
  const confirmed = purchase.phase === 'confirmed';
  const { points, amount } = confirmed ? purchase.settlement : purchase;
  const { kind, channel, reference, ticket, answerBy } = purchase;
  return {
    purchaseId: purchase.purchaseId,
    kind,
    status: statusOf(purchase),
    participantId: purchase.participantId,
    accountId: purchase.accountId,
    programId: purchase.programId,
    ...(kind === 'external' && { authorizationId: purchase.authorizationId }),
    points,
    amount,
    currency: purchase.currency,
    ...(confirmed && { authorizedPoints: purchase.points }),
    orders: purchase.orders.map((order) => toOrderView(order, purchase.currency)),
    ...(channel !== undefined && { channel }),
    ...(reference !== undefined && { reference }),
    ...(ticket !== undefined && { ticket }),
    requestedAt: purchase.requestedAt,
    expiresAt: purchase.expiresAt,
    ...(answerBy !== undefined && { answerBy }),
  };
}

function toOrderView(order: Order, currency: string): object {
  const paid = order.status === 'confirmed' ? order.redeemed : order;
  const reversed = order.reversals.filter(({ status }) => status === 'done');
  return {
    ...toTermsView(order, currency),
    status: order.status,
    ...(order.vendorOrderId !== undefined && { vendorOrderId: order.vendorOrderId }),
    points: paid.points,
    amount: paid.amount,
    ...(order.refusal !== undefined && { reason: order.refusal }),
    ...(order.exception && { settlementException: 'late-acceptance' }),
    reversedPoints: reversed.reduce((sum, reversal) => sum + reversal.restoredPoints, 0),
    reversedAmount: reversed.reduce((sum, reversal) => sum + reversal.amount, 0),
    reversals: reversed.map(({ reversalId, kind, restoredPoints, amount, reason }) => ({
      reversalId,
      kind,
      restoredPoints,
      restoredAmount: amount,
      reason,
    })),
  };
}

function toTermsView(order: OrderTerms, currency: string): object {
  const { orderId, vendorId, points, amount, items, shippingAmount } = order;
  return {
    orderId,
    vendorId,
    points,
    amount,
    currency,
    ...(items.length > 0 && { items }),
    ...(shippingAmount > 0 && { shippingAmount }),
  };
}

/** What has happened to a purchase, oldest first. */
export function toTimelineEntry(
  event: PurchaseEvent & { readonly metadata: { readonly actor?: string } },
): object {
  const { at } = event.data;
  const orderId = 'orderId' in event.data ? event.data.orderId : undefined;
  const reason = 'reason' in event.data ? event.data.reason : undefined;
  const { actor } = event.metadata;
  return {
    at,
    event: event.type,
    ...(orderId !== undefined && { orderId }),
    ...('points' in event.data && { points: event.data.points }),
    ...('restoredPoints' in event.data && { points: event.data.restoredPoints }),
    ...(reason !== undefined && { reason }),
    ...(actor !== undefined && { actor }),
  };
}
