import { OrderReversedV1, PurchaseSettledV1 } from '@fidelis/contracts';
import { isMessageOf, type DataOf, type ReceivedMessage } from '@fidelis/messaging';
import {
  settlementLine,
  settlementReversalLine,
  type SettledOrder,
  type SettlementOrigin,
} from '../../domain/journal';
import type { JournalChanges } from './journal-changes';
import type { SettledOrderRow } from './journal.table';
import { eventOf } from './message-origin';

/** Takes one message of a purchase into the changes of a batch. An order settles once. */
export function takePurchaseMessage(changes: JournalChanges, message: ReceivedMessage): boolean {
  if (isMessageOf(PurchaseSettledV1, message)) return settled(changes, message);
  if (isMessageOf(OrderReversedV1, message)) return reversed(changes, message);
  return false;
}

function settled(
  changes: JournalChanges,
  message: ReceivedMessage<DataOf<typeof PurchaseSettledV1>>,
): true {
  const { data } = message;
  data.orders.forEach((order, line) => {
    if (changes.order(order.orderId) !== undefined) return;
    const row: SettledOrderRow = {
      order_id: order.orderId,
      purchase_id: data.purchaseId,
      vendor_id: order.vendorId,
      currency: order.currency,
      amount: order.amount,
      commission: order.commission,
      reversed_amount: 0,
    };
    changes.setOrder(row);
    changes.addLines([settlementLine(toOrder(row), originOf(message, data.settledAt, line))]);
  });
  if (data.exception !== undefined) {
    const detail = `purchase ${data.purchaseId}: the vendor accepted after it was given up`;
    changes.addException(data.exception, message, detail);
  }
  return true;
}

function reversed(
  changes: JournalChanges,
  message: ReceivedMessage<DataOf<typeof OrderReversedV1>>,
): true {
  const { data } = message;
  const { orderId, reversalId, amount } = data;
  if (changes.hasReversal(orderId, reversalId)) return true;
  changes.addReversal(orderId, reversalId);
  const row = changes.order(orderId);
  if (row === undefined) {
    changes.addFault('order-not-settled', message, `order ${orderId} was reversed, never settled`);
    return true;
  }
  const origin = originOf(message, data.reversedAt, eventOf(message).index);
  changes.addLines([settlementReversalLine(toOrder(row), { reversalId, amount }, origin)]);
  changes.setOrder({ ...row, reversed_amount: row.reversed_amount + amount });
  return true;
}

function toOrder(row: SettledOrderRow): SettledOrder {
  return {
    orderId: row.order_id,
    vendorId: row.vendor_id,
    currency: row.currency,
    amount: row.amount,
    commission: row.commission,
    reversedAmount: row.reversed_amount,
  };
}

function originOf(
  message: ReceivedMessage<{ readonly accountId: string; readonly programId: string }>,
  occurredAt: string,
  line: number,
): SettlementOrigin {
  const { accountId, programId } = message.data;
  return {
    ...{ accountId, programId, occurredAt, line },
    recordedAt: message.time,
    stream: message.aggregate,
    revision: message.revision,
    eventId: eventOf(message).eventId,
  };
}
