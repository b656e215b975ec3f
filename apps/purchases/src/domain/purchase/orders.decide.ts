import { accepted, assertNever, rejected, type Decision, type Instant } from '@fidelis/kernel';
import type { Order } from './order.state';
import type { OrderAnswerEvent, PurchaseEvent } from './purchase.events';
import { notFound, type PurchaseNotFound, type SettlementUnderWay } from './purchase.rejections';
import { purchaseAggregate, type LivePurchase, type Purchase } from './purchase.state';
import { reversalByVendor } from './reversal.decide';
import { cancellationOf, settleWhenAnswered } from './settlement';

export interface RecordOrderAnswer {
  readonly orderId: string;
  readonly status: 'accepted' | 'refused' | 'cancelled' | 'cancellation-refused';
  readonly vendorOrderId?: string;
  readonly reason?: string;
  readonly now: Instant;
}

type AnswerDecision = Decision<PurchaseEvent, PurchaseNotFound | SettlementUnderWay>;

/** A vendor's answer, in whatever state it finds the order; an answer that is old news is `[]`. */
export function recordOrderAnswer(command: RecordOrderAnswer, purchase: Purchase): AnswerDecision {
  if (purchase.phase === 'absent') return notFound('purchase');
  const order = purchase.orders.find(({ orderId }) => orderId === command.orderId);
  if (order === undefined) return notFound('order');
  switch (command.status) {
    case 'accepted':
      return order.status === 'requested'
        ? answered(purchase, { type: 'OrderAccepted', data: answerOf(command) }, command.now)
        : accepted();
    case 'refused':
    case 'cancelled':
      return recordNo(command, purchase, order);
    case 'cancellation-refused':
      return order.status === 'cancelling' || order.status === 'cancelled'
        ? accepted({ type: 'OrderCancellationRefused', data: answerOf(command) } as const)
        : accepted();
    default:
      return assertNever(command.status);
  }
}

/** The vendors that have not answered by the limit lose the order. */
export function giveUpOnOrders(
  { now }: { readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'authorized' || purchase.answerBy === undefined) return accepted();
  if (now < purchase.answerBy) return accepted();
  const silent = purchase.orders.filter((order) => order.status === 'requested');
  if (silent.length === 0) return accepted();
  const given = silent.map((order) => cancellationOf(order, 'no-answer-in-time', now));
  return accepted<PurchaseEvent>(...given, ...settleWhenAnswered(after(purchase, given), now));
}

/** A vendor says no, or changes its mind about what it had accepted. */
function recordNo(
  command: RecordOrderAnswer,
  purchase: LivePurchase,
  order: Order,
): AnswerDecision {
  const { now } = command;
  const { status } = order;
  if (status === 'requested' && command.status === 'refused') {
    return answered(purchase, { type: 'OrderRefused', data: answerOf(command) }, now);
  }
  if (status === 'requested' || (status === 'accepted' && purchase.phase === 'authorized')) {
    return answered(purchase, { type: 'OrderCancelled', data: answerOf(command) }, now);
  }
  if (status === 'cancelling') {
    return accepted({ type: 'OrderCancelled', data: answerOf(command) } as const);
  }
  if (status === 'confirmed') return accepted(...reversalByVendor(order, command));
  // Refused, cancelled, expired: over already. Accepted or payable: the account is being debited.
  return status === 'accepted' || status === 'payable' ? underWay() : accepted();
}

function answered(
  purchase: LivePurchase,
  answer: OrderAnswerEvent,
  now: Instant,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'authorized') return accepted<PurchaseEvent>(answer);
  return accepted<PurchaseEvent>(answer, ...settleWhenAnswered(after(purchase, [answer]), now));
}

function underWay(): Decision<never, SettlementUnderWay> {
  return rejected({ code: 'settlement_under_way', detail: 'the account is being debited' });
}

function answerOf({ orderId, vendorOrderId, reason, now }: RecordOrderAnswer): {
  orderId: string;
  vendorOrderId?: string;
  reason?: string;
  at: Instant;
} {
  return {
    orderId,
    ...(vendorOrderId !== undefined && { vendorOrderId }),
    ...(reason !== undefined && { reason }),
    at: now,
  };
}

function after(
  purchase: LivePurchase,
  events: readonly PurchaseEvent[],
): Pick<LivePurchase, 'orders' | 'onPartialFailure'> {
  const next = events.reduce<Purchase>(
    (state, event) => purchaseAggregate.evolve(state, event),
    purchase,
  );
  return next.phase === 'absent' ? purchase : next;
}
