import {
  accepted,
  addMs,
  assertNever,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import type {
  CancellationRequested,
  ItemCount,
  OrderAnswer,
  OrderReceived,
  VendorOrderEvent,
} from './vendor-order.events';
import type { LiveOrder, VendorOrder } from './vendor-order.state';

export interface VendorOrderNotFound extends Rejection {
  readonly code: 'not_found';
}

export type ReceiveOrder = Omit<OrderReceived['data'], 'at'> & { readonly now: Instant };

/** The order id names the stream, so an order that comes twice is one order. */
export function receiveOrder(
  { now, ...details }: ReceiveOrder,
  order: VendorOrder,
): Decision<VendorOrderEvent> {
  if (order.phase !== 'absent') return accepted();
  return accepted({ type: 'OrderReceived', data: { ...details, at: now } } as const);
}

export function secureStock(
  { items, now }: { readonly items: readonly ItemCount[]; readonly now: Instant },
  order: VendorOrder,
): Decision<VendorOrderEvent> {
  if (order.phase === 'absent' || order.stock !== undefined) return accepted();
  return accepted({ type: 'StockSecured', data: { items, at: now } } as const);
}

export function giveStockBack(
  { now }: { readonly now: Instant },
  order: VendorOrder,
): Decision<VendorOrderEvent> {
  if (order.phase === 'absent' || order.stock?.givenBack !== false) return accepted();
  return accepted({ type: 'StockGivenBack', data: { at: now } } as const);
}

/** What a vendor says, by its answer to a request or by a callback. */
export interface VendorAnswer {
  readonly status: 'accepted' | 'refused' | 'cancelled' | 'cancellation-refused' | 'acknowledged';
  readonly vendorOrderId?: string;
  readonly reason?: string;
  readonly now: Instant;
}

/** A vendor's word, in whatever state it finds the order; old news is `[]`. */
export function recordAnswer(
  answer: VendorAnswer,
  order: VendorOrder,
): Decision<VendorOrderEvent, VendorOrderNotFound> {
  if (order.phase === 'absent') return rejected({ code: 'not_found', detail: 'no such order' });
  switch (answer.status) {
    case 'acknowledged':
      return recordAcknowledged(answer, order);
    case 'accepted':
      return recordAcceptance(answer, order);
    case 'refused':
      return recordRefusal(answer, order);
    case 'cancelled':
      return order.phase === 'cancelled' || order.phase === 'refused'
        ? accepted()
        : accepted({ type: 'OrderCancelled', data: answerOf(answer, order) } as const);
    case 'cancellation-refused':
      return order.phase === 'cancelling'
        ? accepted({ type: 'OrderCancellationRefused', data: answerOf(answer, order) } as const)
        : accepted();
    default:
      return assertNever(answer.status);
  }
}

export function requestCancellation(
  { by, now }: { readonly by: CancellationRequested['data']['by']; readonly now: Instant },
  order: VendorOrder,
): Decision<VendorOrderEvent, VendorOrderNotFound> {
  switch (order.phase) {
    case 'absent':
      return rejected({ code: 'not_found', detail: 'no such order' });
    case 'received':
    case 'acknowledged':
      return accepted({ type: 'CancellationRequested', data: { by, at: now } } as const);
    case 'accepted':
      // The vendor was in time; only the purchase may change its mind.
      return by === 'time-limit'
        ? accepted()
        : accepted({ type: 'CancellationRequested', data: { by, at: now } } as const);
    case 'refused':
    case 'cancelling':
    case 'cancelled':
    case 'kept':
      return accepted();
    default:
      return assertNever(order);
  }
}

export interface Attempt {
  readonly to: 'place' | 'cancel';
  /** From 1: one that is not the next, or not the one under way, is old news. */
  readonly attempt: number;
  readonly now: Instant;
}

/** Recorded before the vendor is asked, so that nothing is asked without a retry being due. */
export function beginAttempt(
  { to, attempt, now }: Attempt,
  order: VendorOrder,
): Decision<VendorOrderEvent> {
  if (!isTrying(order, to) || attempt !== order.attempts + 1) return accepted();
  const type = to === 'place' ? 'PlacementAttempted' : 'CancellationAttempted';
  const retryAt = addMs(now, Math.max(ATTEMPT_MS_MAX, retryDelayMs(attempt)));
  return accepted<VendorOrderEvent>({ type, data: { attempt, retryAt, at: now } });
}

/** No answer this time: the next attempt comes later each time, never later than `RETRY_MS_MAX`. */
export function recordFailedAttempt(
  { to, attempt, reason, now }: Attempt & { readonly reason: string },
  order: VendorOrder,
): Decision<VendorOrderEvent> {
  if (!isTrying(order, to) || attempt !== order.attempts) return accepted();
  const retryAt = addMs(now, retryDelayMs(attempt));
  if (order.retryAt === retryAt) return accepted();
  const type = to === 'place' ? 'PlacementFailed' : 'CancellationFailed';
  return accepted<VendorOrderEvent>({ type, data: { attempt, reason, retryAt, at: now } });
}

/** An attempt has ended by then, one way or the other: it is safe to ask again. */
export const ATTEMPT_MS_MAX = 30_000;

/** A vendor that is away for a minute is found again within seconds; one away for a day, within 5 minutes. */
const RETRY_MS_FIRST = 1000;
const RETRY_MS_MAX = 300_000;

/** 1, 2, 4 … 256, 300, 300 … seconds. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(attempt - 1, 20));
}

function isTrying(order: VendorOrder, to: Attempt['to']): order is LiveOrder {
  return order.phase === (to === 'place' ? 'received' : 'cancelling');
}

function recordAcknowledged(answer: VendorAnswer, order: LiveOrder): Decision<VendorOrderEvent> {
  if (order.phase !== 'received') return accepted();
  const { vendorOrderId, now } = answer;
  return accepted({
    type: 'OrderAcknowledged',
    data: { ...(vendorOrderId !== undefined && { vendorOrderId }), at: now },
  } as const);
}

function recordAcceptance(answer: VendorAnswer, order: LiveOrder): Decision<VendorOrderEvent> {
  switch (order.phase) {
    case 'received':
    case 'acknowledged':
      return accepted({ type: 'OrderAccepted', data: answerOf(answer, order) } as const);
    case 'cancelled':
      // It said "cancelled" and delivers all the same: it has to cancel again, or be paid.
      return accepted({
        type: 'CancellationRequested',
        data: { by: 'late-acceptance', at: answer.now },
      } as const);
    case 'accepted':
    case 'refused':
    case 'cancelling':
    case 'kept':
      return accepted();
    default:
      return assertNever(order.phase);
  }
}

function recordRefusal(answer: VendorAnswer, order: LiveOrder): Decision<VendorOrderEvent> {
  switch (order.phase) {
    case 'received':
    case 'acknowledged':
      return accepted({ type: 'OrderRefused', data: answerOf(answer, order) } as const);
    case 'accepted':
    case 'cancelling':
      return accepted({ type: 'OrderCancelled', data: answerOf(answer, order) } as const);
    case 'refused':
    case 'cancelled':
    case 'kept':
      return accepted();
    default:
      return assertNever(order.phase);
  }
}

function answerOf(
  { vendorOrderId, reason, now }: VendorAnswer,
  { orderId, purchaseId, vendorId }: LiveOrder,
): OrderAnswer {
  return {
    orderId,
    purchaseId,
    vendorId,
    ...(vendorOrderId !== undefined && { vendorOrderId }),
    ...(reason !== undefined && { reason }),
    at: now,
  };
}
