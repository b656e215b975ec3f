import type { ShippingAddress } from '@fidelis/contracts';

export interface OrderForVendor {
  /** The vendor's idempotency key: however often it is sent, it is one order. */
  readonly orderId: string;
  readonly purchaseId: string;
  readonly vendorId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  /** Minor units, shipping included. */
  readonly amount: number;
  readonly shippingAmount: number;
  readonly currency: string;
  readonly shipTo?: ShippingAddress;
}

/** `acknowledged`: it has the order and answers later, by a callback. */
export interface PlacementAnswer {
  readonly status: 'accepted' | 'refused' | 'acknowledged';
  readonly vendorOrderId?: string;
  readonly reason?: string;
}

/** `acknowledged`: it answers later; asking again in the meantime is fine. */
export interface CancellationAnswer {
  readonly status: 'cancelled' | 'cancellation-refused' | 'acknowledged';
  readonly vendorOrderId?: string;
  readonly reason?: string;
}

/**
 * One vendor's system. Both calls may be repeated with the same order id. Errors:
 * `OperationalError` when the answer is not known; the caller asks again later.
 */
export interface VendorAdapter {
  place(order: OrderForVendor): Promise<PlacementAnswer>;
  cancel(order: { readonly orderId: string }): Promise<CancellationAnswer>;
}
