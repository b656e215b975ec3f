import type { Rejection } from '@fidelis/kernel';

export interface VendorLimits {
  /** Pieces in one order. */
  readonly itemsPerOrder?: number;
  /** Minor units of one order, shipping included. */
  readonly valuePerOrder?: number;
}

export interface VendorLimitExceeded extends Rejection {
  readonly code: 'vendor_limit_exceeded';
  readonly available: number;
  readonly requested: number;
}

/** What an order breaks of its vendor's limits; `undefined`: nothing. */
export function exceededLimit(
  limits: VendorLimits | undefined,
  order: {
    readonly items: readonly { readonly quantity: number }[];
    readonly amount: number;
  },
): VendorLimitExceeded | undefined {
  const pieces = order.items.reduce((sum, item) => sum + item.quantity, 0);
  if (limits?.itemsPerOrder !== undefined && pieces > limits.itemsPerOrder) {
    return exceeded('items per order', limits.itemsPerOrder, pieces);
  }
  if (limits?.valuePerOrder !== undefined && order.amount > limits.valuePerOrder) {
    return exceeded('value per order', limits.valuePerOrder, order.amount);
  }
  return undefined;
}

export function exceeded(limit: string, available: number, requested: number): VendorLimitExceeded {
  const detail = `the vendor's limit of ${limit} is ${available}`;
  return { code: 'vendor_limit_exceeded', detail, available, requested };
}
