import { assertNever } from '@fidelis/kernel';
import type { LivePurchase } from './purchase.state';

/** As clients see it: while the account is being asked, a purchase is still authorized. */
export type PurchaseStatus = 'authorized' | 'confirmed' | 'cancelled' | 'failed' | 'expired';

export function statusOf({ phase }: Pick<LivePurchase, 'phase'>): PurchaseStatus {
  switch (phase) {
    case 'authorized':
    case 'confirming':
    case 'releasing':
      return 'authorized';
    case 'confirmed':
    case 'cancelled':
    case 'failed':
    case 'expired':
      return phase;
    default:
      return assertNever(phase);
  }
}

/** Has it come to its end, as far as the client is concerned? */
export function isSettled(purchase: Pick<LivePurchase, 'phase'>): boolean {
  return statusOf(purchase) !== 'authorized';
}
