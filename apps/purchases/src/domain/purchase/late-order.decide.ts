import { accepted, type Decision, type Instant } from '@fidelis/kernel';
import type { PurchaseEvent } from './purchase.events';
import type { Purchase } from './purchase.state';
import { paidShareOf, payerOf, shareOf } from './settlement';

/** The account was debited, by force, for an order that its vendor would not let go. */
export function recordLateCapture(
  command: { readonly orderId: string; readonly operationId: string; readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  const { orderId, operationId, now } = command;
  if (purchase.phase === 'absent') return accepted();
  const order = purchase.orders.find((candidate) => candidate.orderId === orderId);
  if (order?.status !== 'payable') return accepted();
  return accepted({
    type: 'LateOrderCaptured',
    data: {
      ...paidShareOf(order, shareOf(order), operationId),
      payer: payerOf(purchase),
      at: now,
    },
  } as const);
}
