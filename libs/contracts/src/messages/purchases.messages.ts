import type { Instant } from '@fidelis/kernel';
import type { OrderItem } from '../calls/vendors.calls';
import { defineMessage } from '../message';

export const PURCHASE_EVENTS = 'loyalty.purchases.purchase.events.v1';
export const VENDOR_ORDER_EVENTS = 'loyalty.vendors.vendor-order.events.v1';

/** Vendors place it with the vendor, exactly once: the order id is the idempotency key. */
export const OrderRequestedV1 = defineMessage<{
  readonly purchaseId: string;
  readonly orderId: string;
  readonly vendorId: string;
  readonly items: readonly OrderItem[];
  /** Minor units, shipping included. */
  readonly amount: number;
  readonly shippingAmount: number;
  readonly currency: string;
  readonly requestedAt: Instant;
  /** After this instant an unanswered order is cancelled at the vendor. */
  readonly answerBy: Instant;
}>('purchases.order-requested.v1', PURCHASE_EVENTS);

export const OrderCancellationRequestedV1 = defineMessage<{
  readonly purchaseId: string;
  readonly orderId: string;
  readonly vendorId: string;
}>('purchases.order-cancellation-requested.v1', PURCHASE_EVENTS);

/** Points were spent at a vendor: money is owed to it (finance). */
export const PurchaseSettledV1 = defineMessage<{
  readonly purchaseId: string;
  readonly accountId: string;
  readonly programId: string;
  readonly orders: readonly {
    readonly orderId: string;
    readonly vendorId: string;
    readonly points: number;
    readonly amount: number;
    readonly currency: string;
    readonly commission: number;
  }[];
  readonly settledAt: Instant;
  /**
   * The vendor accepted after the order was given up and would not cancel: paid all the same, with
   * other lots or debt if need be. Integrity lists it.
   */
  readonly exception?: 'late-acceptance';
}>('purchases.purchase-settled.v1', PURCHASE_EVENTS);

export const OrderReversedV1 = defineMessage<{
  readonly purchaseId: string;
  readonly orderId: string;
  readonly vendorId: string;
  readonly accountId: string;
  readonly programId: string;
  readonly reversalId: string;
  readonly points: number;
  readonly amount: number;
  readonly currency: string;
  readonly reversedAt: Instant;
}>('purchases.order-reversed.v1', PURCHASE_EVENTS);

/** The vendor's answer to an order or to its cancellation. */
export const OrderAnsweredV1 = defineMessage<{
  readonly purchaseId: string;
  readonly orderId: string;
  readonly vendorId: string;
  readonly status: 'accepted' | 'refused' | 'cancelled' | 'cancellation-refused';
  readonly vendorOrderId?: string;
  readonly reason?: string;
  readonly answeredAt: Instant;
}>('vendors.order-answered.v1', VENDOR_ORDER_EVENTS);
