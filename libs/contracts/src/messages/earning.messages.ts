import type {
  AwardRequest,
  OpenAccountRequest,
  ReverseAwardRequest,
} from '../calls/accounts.calls';
import type { IssueOfferRequest, OffersOnTicket, TicketLine } from '../calls/reward-store.calls';
import { definePublicMessage } from '../message';
import { described, list, object, optional, shape, words } from '../schema/schema';
import { accountTerms, clawback, grant, operation, source } from '../schema/terms.schemas';
import {
  amountMinor,
  anyText,
  count,
  currency,
  id,
  instant,
  positivePoints,
  sequence,
  signedAmountMinor,
  wholeNumber,
} from '../schema/values';

export const MEMBERSHIP_EVENTS = 'loyalty.earning.membership.events.v1';
export const TRANSACTION_EVENTS = 'loyalty.earning.transaction.events.v1';

export const MembershipOpenedV1 = definePublicMessage({
  type: 'earning.membership-opened.v1',
  topic: MEMBERSHIP_EVENTS,
  summary:
    'A membership was opened: its account must be too (the call’s repair, same operation id).',
  schema: object<Omit<OpenAccountRequest, 'now'>>({
    accountId: id,
    participantId: id,
    sequence,
    terms: accountTerms,
    operation,
  }),
});

export const PointsAwardedV1 = definePublicMessage({
  type: 'earning.points-awarded.v1',
  topic: MEMBERSHIP_EVENTS,
  summary: 'An award of a ticket (also of 0 points: `grants` is empty then).',
  schema: object<Omit<AwardRequest, 'now'>>({
    accountId: id,
    sequence,
    grants: list(grant),
    occurredAt: instant,
    source,
    purchaseAmount: optional(described(amountMinor, 'The ticket’s total')),
    tier: optional(anyText),
    programVersion: optional(described(count, 'Of the programme when it decided')),
    operation,
  }),
});

export const AwardReversedV1 = definePublicMessage({
  type: 'earning.award-reversed.v1',
  topic: MEMBERSHIP_EVENTS,
  summary: 'A return takes back what a ticket earned.',
  schema: object<Omit<ReverseAwardRequest, 'now'>>({
    accountId: id,
    sequence,
    lotIds: described(list(id), 'Lots that the ticket granted; taken before any other'),
    points: positivePoints,
    clawback,
    wallet: anyText,
    pointSource: anyText,
    occurredAt: instant,
    source,
    operation,
  }),
});

export const OfferAwardedV1 = definePublicMessage({
  type: 'earning.offer-awarded.v1',
  topic: MEMBERSHIP_EVENTS,
  summary: 'A tier or a campaign gives an offer: it must be issued, once.',
  schema: object<Omit<IssueOfferRequest, 'now'>>({
    issuedOfferId: id,
    offerId: id,
    participantId: id,
    reason: object<IssueOfferRequest['reason']>({ kind: words('tier', 'campaign', 'grant'), id }),
    occurredAt: instant,
    operation,
  }),
});

const offersOnTicket = object<Omit<OffersOnTicket, 'now'>>({
  ticket: id,
  participantId: id,
  offers: list(
    object<OffersOnTicket['offers'][number]>({
      issuedOfferId: id,
      discount: optional(amountMinor),
    }),
  ),
  lines: list(
    object<TicketLine>({
      lineId: id,
      sku: optional(anyText),
      category: optional(anyText),
      quantity: wholeNumber,
      amount: signedAmountMinor,
    }),
  ),
  storeId: optional(anyText),
  operation,
});

export const TransactionRecordedV1 = definePublicMessage({
  type: 'earning.transaction-recorded.v1',
  topic: TRANSACTION_EVENTS,
  summary: 'A ticket was recorded; reward-store redeems the offers that it names.',
  schema: shape({
    ticket: described(id, '`<source>:<transactionId>`'),
    participantId: optional(id),
    storeId: optional(anyText),
    total: amountMinor,
    currency,
    occurredAt: instant,
    redeemOffers: optional(offersOnTicket),
  }),
});
