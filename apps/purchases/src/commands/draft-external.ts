import { GetVendor, type Answered, type VendorTerms } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { exceededLimit, moneyFor, pointsFor, type OrderedItem } from '../domain/purchase';
import { no, toRefusal, yes } from './answers';
import { findBuyer, type Buyer, type BuyerRef } from './buyer';
import { outOfRange, purchaseIdOf, rateOf, type PurchaseDraft } from './purchase-draft';

export interface AuthorizePurchase extends BuyerRef {
  readonly vendorId: string;
  readonly reference: string;
  /** Either points or money; the other follows from the rate. */
  readonly points?: number;
  readonly amount?: number;
  readonly items?: readonly OrderedItem[];
  readonly ttl?: string;
  readonly channel?: string;
}

/** An external purchase: the client orders at the vendor, Fidelis moves the points. */
export async function draftExternal(
  calls: ServiceCalls,
  command: AuthorizePurchase,
  at: { readonly operationId: string; readonly now: Instant },
): Promise<Answered<PurchaseDraft>> {
  const [found, vendor] = await Promise.all([
    findBuyer(calls, command, at.now),
    calls.call(GetVendor, { vendorId: command.vendorId }),
  ]);
  if (!found.ok) return found;
  if (vendor === null) return no({ code: 'vendor_not_found', detail: 'no such vendor' });
  const priced = price(command, vendor, found.value);
  if (priced === undefined) return outOfRange;
  const { points, amount } = priced;
  const items = command.items ?? [];
  const exceeded = exceededLimit(vendor.limits, { items, amount });
  if (exceeded !== undefined) return no(toRefusal(exceeded));
  const purchaseId = purchaseIdOf(at.operationId);
  const order = {
    orderId: `${purchaseId}.1`,
    vendorId: vendor.vendorId,
    items,
    shippingAmount: 0,
    points,
    amount,
    rate: rateOf(vendor, found.value),
    commissionBps: vendor.commissionBps,
  };
  return yes({
    purchaseId,
    kind: 'external',
    buyer: found.value,
    points,
    amount,
    orders: [order],
    vendors: [vendor],
    onPartialFailure: 'cancel',
    reference: command.reference,
    ...(command.channel !== undefined && { channel: command.channel }),
  });
}

/** Points asked for are worth their money rounded down; money asked for costs points rounded up. */
function price(
  command: AuthorizePurchase,
  vendor: VendorTerms,
  buyer: Buyer,
): { readonly points: number; readonly amount: number } | undefined {
  const rate = rateOf(vendor, buyer);
  if (command.points !== undefined) {
    const amount = moneyFor(command.points, rate);
    return amount === undefined ? undefined : { points: command.points, amount };
  }
  const amount = command.amount ?? 0;
  const points = pointsFor(amount, rate);
  return points === undefined ? undefined : { points, amount };
}
