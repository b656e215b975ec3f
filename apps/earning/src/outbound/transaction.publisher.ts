import { TRANSACTION_EVENTS, TransactionRecordedV1 } from '@fidelis/contracts';
import { definePublisher, outgoing } from '@fidelis/messaging';
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

function toRecorded(ticket: Ticket) {
  const { participantId, storeId, total, currency, occurredAt } = ticket;
  const redeemOffers = toOffersOnTicket(ticket);
  return {
    ticket: `${ticket.source}:${ticket.transactionId}`,
    ...(participantId !== undefined && { participantId }),
    ...(storeId !== undefined && { storeId }),
    total,
    currency,
    occurredAt,
    ...(redeemOffers !== undefined && { redeemOffers }),
  };
}
