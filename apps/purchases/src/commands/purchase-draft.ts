import type { Answered, VendorTerms } from '@fidelis/contracts';
import { derivedId } from '@fidelis/kernel';
import { sumPoints } from '@fidelis/ledger';
import {
  amountOf,
  exceededLimit,
  pointsOfOrders,
  type OrderedItem,
  type OrderTerms,
  type PurchaseKind,
  type Rate,
} from '../domain/purchase';
import { no, toRefusal, yes } from './answers';
import type { Buyer } from './buyer';

/** A purchase that is priced and within its vendors' limits, before any point is held. */
export interface PurchaseDraft {
  readonly purchaseId: string;
  readonly kind: PurchaseKind;
  readonly buyer: Buyer;
  readonly points: number;
  readonly amount: number;
  readonly orders: readonly OrderTerms[];
  readonly vendors: readonly VendorTerms[];
  readonly onPartialFailure: 'accept' | 'cancel';
  readonly channel?: string;
  readonly reference?: string;
}

export interface UnpricedOrder {
  readonly vendor: VendorTerms;
  readonly items: readonly OrderedItem[];
  readonly shippingAmount: number;
  readonly amount: number;
}

/** The same request again gives the same purchase, also after a crash. */
export function purchaseIdOf(operationId: string): string {
  return derivedId('purchase', operationId);
}

/** The vendor's own conversion where it has one, else the programme's rate. */
export function rateOf(vendor: VendorTerms, buyer: Buyer): Rate {
  return vendor.conversion ?? buyer.account.terms.redeem;
}

export const outOfRange = no({
  code: 'amount_out_of_range',
  detail: 'points or money leave the range that can be counted exactly',
});

/** Prices a cart in points and checks the vendors' limits of each order. */
export function draftOrders(
  purchaseId: string,
  unpriced: readonly UnpricedOrder[],
  buyer: Buyer,
): Answered<Pick<PurchaseDraft, 'points' | 'amount' | 'orders' | 'vendors'>> {
  const rates = unpriced.map((order) => ({
    amount: order.amount,
    rate: rateOf(order.vendor, buyer),
  }));
  const points = pointsOfOrders(rates);
  const prices = unpriced.map((order) => ({ quantity: 1, price: order.amount }));
  const amount = amountOf(prices, 0);
  if (points === undefined || amount === undefined) return outOfRange;
  const orders: OrderTerms[] = [];
  for (const [index, { vendor, items, shippingAmount, amount }] of unpriced.entries()) {
    const exceeded = exceededLimit(vendor.limits, { items, amount });
    if (exceeded !== undefined) return no(toRefusal(exceeded));
    orders.push({
      orderId: `${purchaseId}.${index + 1}`,
      vendorId: vendor.vendorId,
      items,
      shippingAmount,
      points: points[index] ?? 0,
      amount,
      rate: rateOf(vendor, buyer),
      commissionBps: vendor.commissionBps,
    });
  }
  return yes({
    points: sumPoints(points),
    amount,
    orders,
    vendors: unpriced.map(({ vendor }) => vendor),
  });
}
