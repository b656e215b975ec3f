import { assertNever, type Instant } from '@fidelis/kernel';
import type { Order, Reversal } from './order.state';
import type { OrderShare } from './purchase.events';
import type { LivePurchase, Purchase } from './purchase.state';

/** What a purchase needs next from the outside. Nothing here is remembered: it is all state. */
export type PurchaseAction =
  /**
   * Debit the held points of these orders and release the others'. `force`: the vendors have
   * accepted, or the ticket is recorded.
   */
  | {
      readonly action: 'capture';
      readonly captures: readonly Capture[];
      readonly releases: readonly string[];
      readonly force: boolean;
    }
  | { readonly action: 'release'; readonly holdIds: readonly string[] }
  | { readonly action: 'capture-late'; readonly capture: Capture }
  | {
      readonly action: 'restore';
      readonly accountId: string;
      readonly orderId: string;
      readonly paidBy: string;
      readonly reversal: Reversal;
    }
  | { readonly action: 'give-up-on-orders' }
  | { readonly action: 'expire' }
  | { readonly action: 'wait'; readonly until: Instant }
  | { readonly action: 'none' };

export interface Capture {
  readonly orderId: string;
  readonly holdId: string;
  readonly points: number;
  readonly amount: number;
}

/**
 * The process manager: state and time in, one action out. After the action its result is recorded
 * and this is asked again, so a crash at any point resumes here.
 */
export function nextAction(purchase: Purchase, now: Instant): PurchaseAction {
  if (purchase.phase === 'absent') return { action: 'none' };
  switch (purchase.phase) {
    case 'confirming':
      return captureOf(purchase, purchase.settlement.orders);
    case 'releasing':
      return { action: 'release', holdIds: purchase.orders.map(({ holdId }) => holdId) };
    case 'authorized':
      return whenAuthorized(purchase, now);
    case 'confirmed':
    case 'cancelled':
    case 'failed':
    case 'expired':
      return afterwards(purchase);
    default:
      return assertNever(purchase);
  }
}

function captureOf(purchase: LivePurchase, shares: readonly OrderShare[]): PurchaseAction {
  const captures: Capture[] = [];
  const releases: string[] = [];
  for (const { orderId, holdId } of purchase.orders) {
    const share = shares.find((candidate) => candidate.orderId === orderId);
    if (share === undefined) releases.push(holdId);
    else captures.push({ ...share, holdId });
  }
  const force = purchase.kind === 'internal' || purchase.ticket !== undefined;
  return { action: 'capture', captures, releases, force };
}

function whenAuthorized(purchase: LivePurchase, now: Instant): PurchaseAction {
  if (purchase.answerBy !== undefined) {
    return now >= purchase.answerBy
      ? { action: 'give-up-on-orders' }
      : { action: 'wait', until: purchase.answerBy };
  }
  if (purchase.ticket !== undefined) return { action: 'none' };
  return now >= purchase.expiresAt
    ? { action: 'expire' }
    : { action: 'wait', until: purchase.expiresAt };
}

/** Orders that have to be paid after all come first, then what is to be given back. */
function afterwards(purchase: LivePurchase): PurchaseAction {
  const { accountId } = purchase;
  const payable = purchase.orders.find((order) => order.status === 'payable');
  if (payable !== undefined) {
    const { orderId, holdId, points, amount } = payable;
    return { action: 'capture-late', capture: { orderId, holdId, points, amount } };
  }
  for (const order of purchase.orders) {
    const reversal = order.reversals.find(({ status }) => status === 'pending');
    if (reversal !== undefined && order.paidBy !== undefined) {
      return restoreOf({ accountId, order, paidBy: order.paidBy, reversal });
    }
  }
  return { action: 'none' };
}

function restoreOf(found: {
  readonly accountId: string;
  readonly order: Order;
  readonly paidBy: string;
  readonly reversal: Reversal;
}): PurchaseAction {
  const { accountId, order, paidBy, reversal } = found;
  return { action: 'restore', accountId, orderId: order.orderId, paidBy, reversal };
}
