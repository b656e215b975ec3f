import { assertNever, type Aggregate, type Instant } from '@fidelis/kernel';
import type { VendorSpendEvent } from './vendor-spend.events';

export interface CountedPurchase {
  readonly purchaseId: string;
  readonly amount: number;
  readonly at: Instant;
}

/** What one participant has bought at one vendor within the vendor's period. */
export type VendorSpend = readonly CountedPurchase[];

export const vendorSpendAggregate: Aggregate<VendorSpend, VendorSpendEvent> = {
  category: 'vendorSpend',
  initial: [],
  evolve,
};

function evolve(spend: VendorSpend, event: VendorSpendEvent): VendorSpend {
  switch (event.type) {
    case 'SpendCounted': {
      const { purchaseId, amount, at, windowStart } = event.data;
      return [...spend.filter((counted) => counted.at > windowStart), { purchaseId, amount, at }];
    }
    case 'SpendGivenBack':
      return spend.filter(({ purchaseId }) => purchaseId !== event.data.purchaseId);
    default:
      return assertNever(event);
  }
}
