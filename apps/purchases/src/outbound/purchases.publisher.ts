import {
  OrderCancellationRequestedV1,
  OrderRequestedV1,
  OrderReversedV1,
  PURCHASE_EVENTS,
  PurchaseSettledV1,
} from '@fidelis/contracts';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import { definePublisher, outgoing, type OutgoingMessage } from '@fidelis/messaging';
import type {
  LateOrderCaptured,
  OrderReversed,
  OrdersPlaced,
  PaidShare,
  PurchaseConfirmed,
  PurchaseEvent,
} from '../domain/purchase';

/** Orders for vendors, settlements and reversals for finance. Keyed by purchase. */
export const purchasesPublisher = definePublisher({
  service: 'purchases',
  categories: ['purchase'],
  topic: PURCHASE_EVENTS,
  toMessages: (recorded) => toMessages(recorded),
});

function toMessages(recorded: RecordedEvent): readonly OutgoingMessage[] {
  const key = idOf(recorded.stream);
  const event = recorded as unknown as PurchaseEvent;
  switch (event.type) {
    case 'OrdersPlaced':
      return toOrderRequests(event, key);
    case 'OrderCancellationRequested': {
      const { orderId, vendorId } = event.data;
      return [
        outgoing(OrderCancellationRequestedV1, {
          key,
          data: { purchaseId: key, orderId, vendorId },
        }),
      ];
    }
    case 'PurchaseConfirmed':
      return [toSettlement(event, event.data.orders, key)];
    case 'LateOrderCaptured':
      return [toSettlement(event, [event.data], key)];
    case 'OrderReversed':
      return [toReversal(event, key)];
    default:
      return [];
  }
}

function toOrderRequests({ data }: OrdersPlaced, purchaseId: string): readonly OutgoingMessage[] {
  return data.orders.map(({ orderId, vendorId, items, amount, shippingAmount }) =>
    outgoing(OrderRequestedV1, {
      key: purchaseId,
      data: {
        purchaseId,
        orderId,
        vendorId,
        items: items.map(({ sku, quantity }) => ({ sku, quantity })),
        amount,
        shippingAmount,
        currency: data.currency,
        requestedAt: data.at,
        answerBy: data.answerBy,
      },
    }),
  );
}

function toSettlement(
  { type, data }: PurchaseConfirmed | LateOrderCaptured,
  paid: readonly PaidShare[],
  purchaseId: string,
): OutgoingMessage {
  const { accountId, programId, currency } = data.payer;
  const orders = paid.map(({ orderId, vendorId, points, amount, commission }) => ({
    orderId,
    vendorId,
    points,
    amount,
    currency,
    commission,
  }));
  const exception = type === 'LateOrderCaptured' && { exception: 'late-acceptance' as const };
  return outgoing(PurchaseSettledV1, {
    key: purchaseId,
    data: { purchaseId, accountId, programId, orders, settledAt: data.at, ...exception },
  });
}

function toReversal({ data }: OrderReversed, purchaseId: string): OutgoingMessage {
  const { orderId, vendorId, reversalId, restoredPoints, restoredAmount, payer } = data;
  return outgoing(OrderReversedV1, {
    key: purchaseId,
    data: {
      purchaseId,
      orderId,
      vendorId,
      accountId: payer.accountId,
      programId: payer.programId,
      reversalId,
      points: restoredPoints,
      amount: restoredAmount,
      currency: payer.currency,
      reversedAt: data.at,
    },
  });
}
