import { assertNever, type Instant } from '@fidelis/kernel';
import type { ItemCount } from './vendor-order.events';
import type { LiveOrder, VendorOrder } from './vendor-order.state';

/** What an order needs next from the outside. */
export type VendorOrderAction =
  | { readonly action: 'take-stock' }
  | { readonly action: 'place'; readonly attempt: number }
  | { readonly action: 'give-up' }
  | { readonly action: 'cancel'; readonly attempt: number }
  | { readonly action: 'return-stock'; readonly items: readonly ItemCount[] }
  | { readonly action: 'wait'; readonly until: Instant }
  | { readonly action: 'none' };

/**
 * The process manager of one order: placed with the same id until the vendor answers or the limit
 * passes; cancelled with the same id until the vendor answers, however long that takes.
 */
export function nextAction(order: VendorOrder, now: Instant): VendorOrderAction {
  switch (order.phase) {
    case 'received':
      return whenReceived(order, now);
    case 'acknowledged':
      return now >= order.answerBy
        ? { action: 'give-up' }
        : { action: 'wait', until: order.answerBy };
    case 'cancelling':
      return whenCancelling(order, now);
    case 'refused':
    case 'cancelled':
      return whenOver(order);
    case 'absent':
    case 'accepted':
    case 'kept':
      return { action: 'none' };
    default:
      return assertNever(order);
  }
}

function whenCancelling(order: LiveOrder, now: Instant): VendorOrderAction {
  return order.retryAt !== undefined && now < order.retryAt
    ? { action: 'wait', until: order.retryAt }
    : { action: 'cancel', attempt: order.attempts + 1 };
}

function whenOver({ stock }: LiveOrder): VendorOrderAction {
  return stock?.givenBack === false && stock.items.length > 0
    ? { action: 'return-stock', items: stock.items }
    : { action: 'none' };
}

function whenReceived(order: LiveOrder, now: Instant): VendorOrderAction {
  if (now >= order.answerBy) return { action: 'give-up' };
  if (order.stock === undefined) return { action: 'take-stock' };
  if (order.retryAt === undefined || now >= order.retryAt) {
    return { action: 'place', attempt: order.attempts + 1 };
  }
  const until = order.retryAt < order.answerBy ? order.retryAt : order.answerBy;
  return { action: 'wait', until };
}
