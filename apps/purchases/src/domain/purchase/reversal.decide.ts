import {
  accepted,
  assertNever,
  canonicalJson,
  rejected,
  type Decision,
  type Instant,
} from '@fidelis/kernel';
import { floorRatio } from '@fidelis/ledger';
import { remainingOf, type Order, type Reversal } from './order.state';
import type { OrderReversalRequested, PurchaseEvent, Reason } from './purchase.events';
import {
  notAuthorized,
  notFound,
  type PurchaseNotAuthorized,
  type PurchaseNotFound,
  type ReversalAlreadyExists,
  type ReversalExceedsRedemption,
} from './purchase.rejections';
import type { Purchase } from './purchase.state';
import { payerOf } from './settlement';

export type AskedReversal =
  | { readonly kind: 'total' }
  | { readonly kind: 'value'; readonly points: number }
  | {
      readonly kind: 'quantity';
      readonly items: readonly { readonly sku: string; readonly quantity: number }[];
    }
  | { readonly kind: 'freight' };

export interface ReverseOrder {
  readonly reversalId: string;
  readonly orderId: string;
  readonly asked: AskedReversal;
  readonly reason: Reason;
  readonly now: Instant;
}

export type ReversalRejection =
  PurchaseNotFound | PurchaseNotAuthorized | ReversalExceedsRedemption | ReversalAlreadyExists;

/**
 * Sets an order's share aside, to be restored by the account. All parts together never give back
 * more than was redeemed, and as many parts as one likes give back exactly what a total one does:
 * each takes the difference of two sums that were rounded once.
 */
export function reverseOrder(
  command: ReverseOrder,
  purchase: Purchase,
): Decision<PurchaseEvent, ReversalRejection> {
  if (purchase.phase === 'absent') return notFound('purchase');
  const order = purchase.orders.find(({ orderId }) => orderId === command.orderId);
  if (order === undefined) return notFound('order');
  const known = order.reversals.find(({ reversalId }) => reversalId === command.reversalId);
  if (known !== undefined) return again(known, command);
  if (order.paidBy === undefined) {
    return notAuthorized(purchase.phase, 'only a confirmed order can be reversed');
  }
  const part = partOf(order, command.asked);
  if (part === undefined) {
    const available = remainingOf(order).points;
    const detail = `${available} points of this order are left to reverse`;
    return rejected({ code: 'reversal_exceeds_redemption', detail, available });
  }
  return accepted(requestOf(command, part));
}

/** A vendor that cancels what was paid already gives everything back. */
export function reversalByVendor(
  order: Order,
  { reason, now }: { readonly reason?: string; readonly now: Instant },
): readonly PurchaseEvent[] {
  const part = partOf(order, { kind: 'total' });
  if (part === undefined) return [];
  const why = { code: 'vendor_cancelled', ...(reason !== undefined && { text: reason }) };
  const { orderId } = order;
  const reversalId = `vendor-cancelled-${orderId}`;
  return [requestOf({ reversalId, orderId, asked: { kind: 'total' }, reason: why, now }, part)];
}

/** The account has restored the points. */
export function recordRestored(
  command: {
    readonly reversalId: string;
    readonly orderId: string;
    readonly restoredPoints: number;
    readonly declined: boolean;
    readonly now: Instant;
  },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  const reversal = pending(purchase, command);
  const order = orderOf(purchase, command.orderId);
  if (purchase.phase === 'absent' || order === undefined || reversal === undefined) {
    return accepted();
  }
  const { now, ...done } = command;
  const { vendorId } = order;
  const payer = payerOf(purchase);
  return accepted({
    type: 'OrderReversed',
    data: { ...done, vendorId, payer, restoredAmount: reversal.amount, at: now },
  } as const);
}

/** The account refused for good: the share is the order's again. */
export function recordReversalRefused(
  command: {
    readonly reversalId: string;
    readonly orderId: string;
    readonly code: string;
    readonly now: Instant;
  },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (pending(purchase, command) === undefined) return accepted();
  const { now, ...refused } = command;
  return accepted({ type: 'OrderReversalRefused', data: { ...refused, at: now } } as const);
}

type Part = Pick<OrderReversalRequested['data'], 'points' | 'amount' | 'freight'>;

function partOf(order: Order, asked: AskedReversal): Part | undefined {
  const left = remainingOf(order);
  if (left.points <= 0 && left.amount <= 0) return undefined;
  switch (asked.kind) {
    case 'total':
      return { ...left, freight: Math.min(left.freight, left.amount) };
    case 'value':
      return ofPoints(order, asked.points);
    case 'freight':
      return left.freight > 0 ? ofAmount(order, left.freight, left.freight) : undefined;
    case 'quantity': {
      const amount = priceOf(order, asked.items);
      return amount === undefined ? undefined : ofAmount(order, amount, 0);
    }
    default:
      return assertNever(asked);
  }
}

/** By points: their share of the money, over all parts together rounded down. */
function ofPoints(order: Order, points: number): Part | undefined {
  const left = remainingOf(order);
  if (points > left.points) return undefined;
  const { redeemed } = order;
  const pointsBack = redeemed.points - left.points + points;
  const amountBack = floorRatio(redeemed.amount, pointsBack, redeemed.points);
  const amount = amountBack - (redeemed.amount - left.amount);
  return { points, amount: clamp(amount, left.amount), freight: 0 };
}

/** By money: its share of the points, over all parts together rounded down. */
function ofAmount(order: Order, amount: number, freight: number): Part | undefined {
  const left = remainingOf(order);
  if (amount > left.amount) return undefined;
  const { redeemed } = order;
  const amountBack = redeemed.amount - left.amount + amount;
  const pointsBack = floorRatio(redeemed.points, amountBack, redeemed.amount);
  const points = pointsBack - (redeemed.points - left.points);
  return { points: clamp(points, left.points), amount, freight };
}

/** What these pieces cost; `undefined`: more than are left, or pieces without a price. */
function priceOf(
  order: Order,
  items: readonly { readonly sku: string; readonly quantity: number }[],
): number | undefined {
  let amount = 0;
  const asked = new Map<string, number>();
  for (const { sku, quantity } of items) asked.set(sku, (asked.get(sku) ?? 0) + quantity);
  for (const [sku, quantity] of asked) {
    const ordered = order.items.filter((item) => item.sku === sku);
    const price = ordered[0]?.price;
    const bought = ordered.reduce((sum, item) => sum + item.quantity, 0);
    if (price === undefined || quantity > bought - givenBack(order, sku)) return undefined;
    amount += price * quantity;
  }
  return Number.isSafeInteger(amount) && amount > 0 ? amount : undefined;
}

function givenBack(order: Order, sku: string): number {
  return order.reversals
    .flatMap((reversal) => reversal.items)
    .filter((item) => item.sku === sku)
    .reduce((sum, item) => sum + item.quantity, 0);
}

function requestOf(command: ReverseOrder, part: Part): OrderReversalRequested {
  const { reversalId, orderId, asked, reason, now } = command;
  const { points, amount, freight } = part;
  const items = asked.kind === 'quantity' ? asked.items : [];
  return {
    type: 'OrderReversalRequested',
    data: {
      reversalId,
      orderId,
      kind: asked.kind,
      points,
      amount,
      freight,
      items,
      reason,
      at: now,
    },
  };
}

/** The same reversal again changes nothing; its id with another content is refused. */
function again(
  known: Reversal,
  { asked, reason }: ReverseOrder,
): Decision<never, ReversalAlreadyExists> {
  const same =
    known.kind === asked.kind &&
    (asked.kind !== 'value' || asked.points === known.points) &&
    (asked.kind !== 'quantity' || canonicalJson(asked.items) === canonicalJson(known.items)) &&
    canonicalJson(reason) === canonicalJson(known.reason);
  if (same) return accepted();
  return rejected({
    code: 'already_exists',
    detail: 'a reversal with this id and another content exists',
  });
}

function pending(
  purchase: Purchase,
  { orderId, reversalId }: { readonly orderId: string; readonly reversalId: string },
): Reversal | undefined {
  return orderOf(purchase, orderId)?.reversals.find(
    (reversal) => reversal.reversalId === reversalId && reversal.status === 'pending',
  );
}

function orderOf(purchase: Purchase, orderId: string): Order | undefined {
  if (purchase.phase === 'absent') return undefined;
  return purchase.orders.find((candidate) => candidate.orderId === orderId);
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}
