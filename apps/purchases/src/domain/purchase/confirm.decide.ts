import {
  accepted,
  assertInvariant,
  assertNever,
  rejected,
  type Decision,
  type Instant,
} from '@fidelis/kernel';
import { moneyFor } from './pricing';
import type { OrderShare, PurchaseEvent } from './purchase.events';
import {
  alreadyConfirmed,
  hasExpired,
  notAuthorized,
  notFound,
  reserved,
  type ConfirmExceedsHold,
  type PurchaseAlreadyConfirmed,
  type PurchaseHasExpired,
  type PurchaseNotAuthorized,
  type PurchaseNotFound,
  type PurchaseReserved,
} from './purchase.rejections';
import type { LivePurchase, Purchase } from './purchase.state';
import { cancellationOf, paidShareOf, payerOf } from './settlement';

export interface ConfirmPurchase {
  readonly authorizationId?: string;
  /** Fewer than authorized: the rest is released. Absent: all. */
  readonly points?: number;
  /** The ticket that the purchase was reserved for, when it is the ticket that confirms. */
  readonly ticket?: string;
  readonly now: Instant;
}

export type ConfirmRejection =
  | PurchaseNotFound
  | PurchaseNotAuthorized
  | PurchaseAlreadyConfirmed
  | PurchaseHasExpired
  | PurchaseReserved
  | ConfirmExceedsHold;

/** An external purchase is the client's to confirm; of an internal one the vendors' answers are. */
export function confirmPurchase(
  command: ConfirmPurchase,
  purchase: Purchase,
): Decision<PurchaseEvent, ConfirmRejection> {
  if (purchase.phase === 'absent') return notFound('purchase');
  if (purchase.phase === 'authorized') return confirmAuthorized(command, purchase);
  return confirmLater(command, purchase);
}

/** It has been decided already; the same decision again is fine. */
function confirmLater(
  command: ConfirmPurchase,
  purchase: Exclude<LivePurchase, { phase: 'authorized' }>,
): Decision<PurchaseEvent, ConfirmRejection> {
  switch (purchase.phase) {
    case 'confirming':
    case 'confirmed':
      return (command.points ?? purchase.points) === purchase.settlement.points
        ? accepted()
        : alreadyConfirmed();
    case 'releasing':
      return notAuthorized(purchase.outcome, 'the purchase is being cancelled');
    case 'cancelled':
    case 'failed':
      return notAuthorized(purchase.phase, `the purchase is ${purchase.phase}`);
    case 'expired':
      return hasExpired();
    default:
      return assertNever(purchase);
  }
}

export type CancelRejection = PurchaseNotFound | PurchaseAlreadyConfirmed | PurchaseReserved;

export function cancelPurchase(
  { now }: { readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent, CancelRejection> {
  switch (purchase.phase) {
    case 'absent':
      return notFound('purchase');
    case 'confirming':
    case 'confirmed':
      return alreadyConfirmed();
    case 'releasing':
    case 'cancelled':
    case 'failed':
    case 'expired':
      return accepted();
    case 'authorized':
      return cancelAuthorized(purchase, now);
    default:
      return assertNever(purchase);
  }
}

/** The hold has lapsed by itself; this only says so. A reserved one is its ticket's to end. */
export function expirePurchase(
  { now }: { readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  return purchase.phase === 'authorized' && isDue(purchase, now)
    ? accepted({ type: 'PurchaseExpired', data: { at: now } } as const)
    : accepted();
}

/** The account has debited: `operationIds` by order. */
export function recordCaptured(
  command: { readonly operationIds: ReadonlyMap<string, string>; readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'confirming') return accepted();
  const { points, amount } = purchase.settlement;
  const orders = purchase.settlement.orders.map((share) => {
    const operationId = command.operationIds.get(share.orderId);
    const order = purchase.orders.find(({ orderId }) => orderId === share.orderId);
    assertInvariant(order !== undefined && operationId !== undefined, `${share.orderId} is unpaid`);
    return paidShareOf(order, share, operationId);
  });
  return accepted({
    type: 'PurchaseConfirmed',
    data: { points, amount, orders, payer: payerOf(purchase), at: command.now },
  } as const);
}

/** The account holds nothing any more: it lapsed between the client's call and the debit. */
export function recordLapsed(
  { now }: { readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'confirming') return accepted();
  return accepted({ type: 'PurchaseExpired', data: { at: now } } as const);
}

export function recordReleased(
  { now }: { readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'releasing') return accepted();
  const type = purchase.outcome === 'failed' ? 'PurchaseFailed' : 'PurchaseCancelled';
  return accepted<PurchaseEvent>({ type, data: { at: now } });
}

function confirmAuthorized(
  command: ConfirmPurchase,
  purchase: LivePurchase,
): Decision<PurchaseEvent, ConfirmRejection> {
  if (purchase.kind === 'internal') {
    return notAuthorized('authorized', 'an internal purchase is confirmed by its vendors');
  }
  const { authorizationId = purchase.authorizationId, points = purchase.points, ticket } = command;
  if (authorizationId !== purchase.authorizationId) {
    return notAuthorized('authorized', 'this is the authorization of another purchase');
  }
  if (purchase.ticket !== undefined && purchase.ticket !== ticket) return reserved(purchase.ticket);
  if (isDue(purchase, command.now)) return hasExpired();
  if (points > purchase.points) {
    return rejected({
      code: 'capture_exceeds_hold',
      detail: `${purchase.points} points are authorized`,
      available: purchase.points,
      requested: points,
    });
  }
  const orders = sharesOf(purchase, points);
  const amount = orders.reduce((sum, share) => sum + share.amount, 0);
  return accepted({
    type: 'ConfirmationRequested',
    data: { points, amount, orders, ...(ticket !== undefined && { ticket }), at: command.now },
  } as const);
}

/** An external purchase has one order: a part of its points is worth their money, rounded down. */
function sharesOf(purchase: LivePurchase, points: number): readonly OrderShare[] {
  return purchase.orders.map(({ orderId, amount, rate }) => ({
    orderId,
    points,
    amount:
      points === purchase.points ? amount : Math.min(amount, moneyFor(points, rate) ?? amount),
  }));
}

function cancelAuthorized(
  purchase: LivePurchase,
  now: Instant,
): Decision<PurchaseEvent, PurchaseReserved> {
  if (purchase.ticket !== undefined) return reserved(purchase.ticket);
  if (isDue(purchase, now))
    return accepted({ type: 'PurchaseExpired', data: { at: now } } as const);
  const open = purchase.orders.filter(
    ({ status }) => status === 'requested' || status === 'accepted',
  );
  return accepted<PurchaseEvent>(
    ...open.map((order) => cancellationOf(order, 'purchase-cancelled', now)),
    { type: 'ReleaseRequested', data: { outcome: 'cancelled', at: now } },
  );
}

function isDue(purchase: LivePurchase, now: Instant): boolean {
  const external = purchase.kind === 'external';
  return external && purchase.ticket === undefined && now >= purchase.expiresAt;
}
