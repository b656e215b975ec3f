import { defineMessage } from '../message';
import type {
  AwardRequest,
  OpenAccountRequest,
  ReverseAwardRequest,
} from '../calls/accounts.calls';
import type { IssueOfferRequest, OffersOnTicket } from '../calls/reward-store.calls';

export const MEMBERSHIP_EVENTS = 'loyalty.earning.membership.events.v1';
export const TRANSACTION_EVENTS = 'loyalty.earning.transaction.events.v1';
/** The door for point-of-sale systems. */
export const POS_TRANSACTIONS = 'loyalty.pos.transactions.v1';
export const POS_TRANSACTIONS_DLQ = 'loyalty.pos.transactions.dlq.v1';

/** A membership was opened: its account must be too (the call's repair, same operation id). */
export const MembershipOpenedV1 = defineMessage<Omit<OpenAccountRequest, 'now'>>(
  'earning.membership-opened.v1',
  MEMBERSHIP_EVENTS,
);

/** An award of a ticket (also of 0 points: `grants` is empty then). */
export const PointsAwardedV1 = defineMessage<Omit<AwardRequest, 'now'>>(
  'earning.points-awarded.v1',
  MEMBERSHIP_EVENTS,
);

export const AwardReversedV1 = defineMessage<Omit<ReverseAwardRequest, 'now'>>(
  'earning.award-reversed.v1',
  MEMBERSHIP_EVENTS,
);

export const OfferAwardedV1 = defineMessage<Omit<IssueOfferRequest, 'now'>>(
  'earning.offer-awarded.v1',
  MEMBERSHIP_EVENTS,
);

/** A ticket was recorded; reward-store redeems the offers that it names. */
export const TransactionRecordedV1 = defineMessage<{
  readonly ticket: string;
  readonly participantId?: string;
  readonly storeId?: string;
  readonly total: number;
  readonly currency: string;
  readonly occurredAt: string;
  readonly redeemOffers?: Omit<OffersOnTicket, 'now'>;
}>('earning.transaction-recorded.v1', TRANSACTION_EVENTS);
