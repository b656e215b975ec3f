import { QuoteItems, type Answered, type Quote } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { amountOf } from '../domain/purchase';
import { no, yes } from './answers';
import { findBuyer, type Buyer, type BuyerRef } from './buyer';
import {
  draftOrders,
  outOfRange,
  purchaseIdOf,
  type PurchaseDraft,
  type UnpricedOrder,
} from './purchase-draft';

export interface AskedOrder {
  readonly vendorId: string;
  readonly items: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly price?: number;
  }[];
  readonly shippingAmount?: number;
}

export interface BuyProducts extends BuyerRef {
  readonly orders: readonly AskedOrder[];
  readonly onPartialFailure?: 'accept' | 'cancel';
  readonly channel?: string;
}

/** An internal purchase: a cart of portfolio products at today's prices and stock. */
export async function draftInternal(
  calls: ServiceCalls,
  command: BuyProducts,
  at: { readonly operationId: string; readonly now: Instant },
): Promise<Answered<PurchaseDraft>> {
  const found = await findBuyer(calls, command, at.now);
  if (!found.ok) return found;
  const unpriced: UnpricedOrder[] = [];
  for (const asked of command.orders) {
    const order = await quote(calls, asked, found.value);
    if (!order.ok) return order;
    unpriced.push(order.value);
  }
  const purchaseId = purchaseIdOf(at.operationId);
  const drafted = draftOrders(purchaseId, unpriced, found.value);
  if (!drafted.ok) return drafted;
  return yes({
    ...drafted.value,
    purchaseId,
    kind: 'internal',
    buyer: found.value,
    onPartialFailure: command.onPartialFailure ?? 'cancel',
    ...(command.channel !== undefined && { channel: command.channel }),
  });
}

async function quote(
  calls: ServiceCalls,
  { vendorId, items, shippingAmount = 0 }: AskedOrder,
  buyer: Buyer,
): Promise<Answered<UnpricedOrder>> {
  const quoted = await calls.call(QuoteItems, { vendorId, items });
  if (!quoted.ok) return quoted.refusal.code === 'not_found' ? unknownVendor(vendorId) : quoted;
  const problem = problemOf(quoted.value, buyer);
  if (problem !== undefined) return problem;
  const { vendor, items: priced } = quoted.value;
  const amount = amountOf(priced, shippingAmount);
  return amount === undefined ? outOfRange : yes({ vendor, items: priced, shippingAmount, amount });
}

function problemOf({ vendor, currency }: Quote, buyer: Buyer): Answered<never> | undefined {
  if (vendor.kind !== 'portfolio') {
    const detail = `${vendor.vendorId} is an external vendor: authorize a purchase there`;
    return no({ code: 'vendor_not_portfolio', detail });
  }
  const paid = buyer.account.terms.currency;
  if (currency !== undefined && currency !== paid) {
    const detail = `${vendor.vendorId} has prices in ${currency}, the programme is in ${paid}`;
    return no({ code: 'currency_mismatch', detail });
  }
  return undefined;
}

function unknownVendor(vendorId: string): Answered<never> {
  return no({ code: 'vendor_not_found', detail: `no such vendor ${vendorId}` });
}
