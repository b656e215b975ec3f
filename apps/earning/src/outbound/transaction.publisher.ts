import { TRANSACTION_EVENTS, TransactionRecordedV1 } from '@fidelis/contracts';
import type { Mutable } from '@fidelis/kernel';
import { definePublisher, outgoing, type DataOf } from '@fidelis/messaging';
import { transactionAggregate, type Ticket, type TransactionEvent } from '../domain/transaction';
import { toOffersOnTicket } from './award-messages';

/** Recorded tickets; returns show as what the accounts did. */
export const transactionPublisher = definePublisher({
  service: 'earning',
  categories: [transactionAggregate.category],
  topic: TRANSACTION_EVENTS,
  toMessages: (stored) => {
    const event = stored as unknown as TransactionEvent;
    if (event.type !== 'TransactionRecorded') return [];
    const { data } = event;
    return [outgoing(TransactionRecordedV1, { key: data.ticket, data: toRecorded(data) })];
  },
});

/** Of every ticket: fields that may be absent are assigned, not spread. */
function toRecorded(ticket: Ticket): DataOf<typeof TransactionRecordedV1> {
  const { participantId, storeId, total, currency, occurredAt } = ticket;
  const recorded: Mutable<DataOf<typeof TransactionRecordedV1>> = {
    ticket: `${ticket.source}:${ticket.transactionId}`,
    total,
    currency,
    occurredAt,
  };
  if (participantId !== undefined) recorded.participantId = participantId;
  if (storeId !== undefined) recorded.storeId = storeId;
  const redeemOffers = toOffersOnTicket(ticket);
  if (redeemOffers !== undefined) recorded.redeemOffers = redeemOffers;
  return recorded;
}
