import { accepted, rejected, type Decision, type Instant } from '@fidelis/kernel';
import { exceeded, type VendorLimitExceeded } from '../purchase';
import type { VendorSpendEvent } from './vendor-spend.events';
import type { VendorSpend } from './vendor-spend.state';

export interface CountSpend {
  readonly purchaseId: string;
  readonly amount: number;
  /** At most this many minor units after `windowStart`. */
  readonly limit: number;
  readonly windowStart: Instant;
  readonly now: Instant;
}

/** Counts before the points are held, so that purchases side by side keep the limit together. */
export function countSpend(
  command: CountSpend,
  spend: VendorSpend,
): Decision<VendorSpendEvent, VendorLimitExceeded> {
  const { purchaseId, amount, limit, windowStart, now } = command;
  if (spend.some((counted) => counted.purchaseId === purchaseId)) return accepted();
  const spent = spend
    .filter((counted) => counted.at > windowStart)
    .reduce((sum, counted) => sum + counted.amount, 0);
  if (spent + amount > limit) {
    return rejected(exceeded('value per participant', Math.max(0, limit - spent), amount));
  }
  return accepted({
    type: 'SpendCounted',
    data: { purchaseId, amount, at: now, windowStart },
  } as const);
}

/** The purchase came to nothing. */
export function giveSpendBack(
  { purchaseId, now }: { readonly purchaseId: string; readonly now: Instant },
  spend: VendorSpend,
): Decision<VendorSpendEvent> {
  if (!spend.some((counted) => counted.purchaseId === purchaseId)) return accepted();
  return accepted({ type: 'SpendGivenBack', data: { purchaseId, at: now } } as const);
}
