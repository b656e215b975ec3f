import {
  DoubleRedemptionFoundV1,
  ISSUED_OFFER_EVENTS,
  OfferExpiredV1,
  OfferIssueDeclinedV1,
  OfferIssuedV1,
  OfferRedeemedV1,
  OfferReinstatedV1,
  OfferRevokedV1,
} from '@fidelis/contracts';
import { idOf } from '@fidelis/event-store';
import { definePublisher, outgoing, type OutgoingMessage } from '@fidelis/messaging';
import {
  fromTicketName,
  issuedOfferAggregate,
  type IssuedOfferEvent,
  type IssuedOfferLocked,
  type IssuedOfferReinstated,
  type IssuedOfferUnlocked,
  type OfferIssueRequested,
} from '../domain/issued-offer';

/** Locks stay private: they come and go with every checkout. The code is its bearer's secret. */
export const issuedOfferPublisher = definePublisher({
  service: 'reward-store',
  categories: [issuedOfferAggregate.category],
  topic: ISSUED_OFFER_EVENTS,
  toMessages: (stored) => toMessages(idOf(stored.stream), stored as unknown as IssuedOfferEvent),
});

function toMessages(key: string, event: IssuedOfferEvent): readonly OutgoingMessage[] {
  const id = { issuedOfferId: key };
  switch (event.type) {
    case 'OfferIssued': {
      const { code: _code, terms: _terms, ...data } = event.data;
      return [outgoing(OfferIssuedV1, { key, data })];
    }
    case 'OfferIssueDeclined': {
      const { reason: _reason, detail: _detail, ...data } = event.data;
      return [outgoing(OfferIssueDeclinedV1, { key, data })];
    }
    case 'IssuedOfferRedeemed': {
      const { ticket, discount, redeemedAt } = event.data;
      const used = { ticket: fromTicketName(ticket), discountAmount: discount.amount };
      const data = { ...id, ...used, redeemedAt };
      return [outgoing(OfferRedeemedV1, { key, data })];
    }
    case 'IssuedOfferReinstated':
      return toReinstated(key, event);
    case 'IssuedOfferExpired':
      return [outgoing(OfferExpiredV1, { key, data: { ...id, ...event.data } })];
    case 'IssuedOfferRevoked':
      return [outgoing(OfferRevokedV1, { key, data: { ...id, ...event.data } })];
    case 'DoubleRedemptionFound':
      return [outgoing(DoubleRedemptionFoundV1, { key, data: { ...id, ...event.data } })];
    default:
      return toNothing(event);
  }
}

/** What was never redeemed is not news to anybody else. */
function toReinstated(
  issuedOfferId: string,
  { data: { from, ticket, reinstatedAt } }: IssuedOfferReinstated,
): readonly OutgoingMessage[] {
  if (from !== 'redeemed') return [];
  const data = { issuedOfferId, ticket: fromTicketName(ticket), reinstatedAt };
  return [outgoing(OfferReinstatedV1, { key: issuedOfferId, data })];
}

/** What stays private, by name, so that a new event has to be thought of. */
function toNothing(
  _event: IssuedOfferLocked | IssuedOfferUnlocked | OfferIssueRequested,
): readonly OutgoingMessage[] {
  return [];
}
