import type { OrderItem } from '../calls/vendors.calls';
import { definePublicMessage } from '../message';
import { described, list, object, optional, shape, words } from '../schema/schema';
import { amountMinor, anyText, count, currency, id, instant, points } from '../schema/values';

export const PURCHASE_EVENTS = 'loyalty.purchases.purchase.events.v1';
export const VENDOR_ORDER_EVENTS = 'loyalty.vendors.vendor-order.events.v1';

const order = { purchaseId: id, orderId: id, vendorId: id };
const payer = { accountId: id, programId: id };
const item = object<OrderItem>({ sku: id, quantity: count });

export const OrderRequestedV1 = definePublicMessage({
  type: 'purchases.order-requested.v1',
  topic: PURCHASE_EVENTS,
  summary:
    'Vendors place it with the vendor, exactly once: the order id is the idempotency key there.',
  schema: shape({
    ...order,
    items: list(item),
    amount: described(amountMinor, 'Minor units, shipping included'),
    shippingAmount: amountMinor,
    currency,
    requestedAt: instant,
    answerBy: described(
      instant,
      'After this instant an unanswered order is cancelled at the vendor',
    ),
  }),
});

export const OrderCancellationRequestedV1 = definePublicMessage({
  type: 'purchases.order-cancellation-requested.v1',
  topic: PURCHASE_EVENTS,
  summary: 'An order is not wanted any more: the vendor is asked to cancel it.',
  schema: shape(order),
});

export const PurchaseSettledV1 = definePublicMessage({
  type: 'purchases.purchase-settled.v1',
  topic: PURCHASE_EVENTS,
  summary: 'Points were spent at vendors: money is owed to them.',
  schema: shape({
    purchaseId: id,
    ...payer,
    orders: list(
      shape({
        orderId: id,
        vendorId: id,
        points,
        amount: amountMinor,
        currency,
        commission: described(amountMinor, 'What the vendor owes the operator out of it'),
      }),
    ),
    settledAt: instant,
    exception: optional(
      described(
        words('late-acceptance'),
        'The vendor accepted after the order was given up and would not cancel: paid all the ' +
          'same, with other lots or debt if need be. Integrity lists it',
      ),
    ),
  }),
});

export const OrderReversedV1 = definePublicMessage({
  type: 'purchases.order-reversed.v1',
  topic: PURCHASE_EVENTS,
  summary: 'Points of an order went back to the lots that paid; the vendor owes the money.',
  schema: shape({
    ...order,
    ...payer,
    reversalId: id,
    points,
    amount: amountMinor,
    currency,
    reversedAt: instant,
  }),
});

export const OrderAnsweredV1 = definePublicMessage({
  type: 'vendors.order-answered.v1',
  topic: VENDOR_ORDER_EVENTS,
  summary: 'The vendor’s answer to an order or to its cancellation.',
  schema: shape({
    ...order,
    status: words('accepted', 'refused', 'cancelled', 'cancellation-refused'),
    vendorOrderId: optional(anyText),
    reason: optional(anyText),
    answeredAt: instant,
  }),
});
