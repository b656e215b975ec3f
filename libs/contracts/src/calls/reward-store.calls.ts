import type { Instant } from '@fidelis/kernel';
import { defineCall, type Answered, type Operation } from '../call';

export interface TicketLine {
  readonly lineId: string;
  readonly sku?: string;
  readonly category?: string;
  readonly quantity: number;
  /** Minor units. */
  readonly amount: number;
}

/** A ticket as `<source>:<transactionId>`: what an issued offer is locked to. */
export type TicketKey = string;

export interface OffersOnTicket {
  readonly ticket: TicketKey;
  readonly participantId: string;
  readonly offers: readonly { readonly issuedOfferId: string; readonly discount?: number }[];
  readonly lines: readonly TicketLine[];
  readonly storeId?: string;
  readonly now: Instant;
  readonly operation: Operation;
}

const ticketOf = ({ ticket }: OffersOnTicket): TicketKey => ticket;

/** Before a ticket is recorded. All or none; refusal `offer_not_redeemable` with `status`. */
export const LockOffersForTicket = defineCall<OffersOnTicket, Answered<{ readonly locked: true }>>(
  'reward-store',
  'lock-offers-for-ticket',
  { about: ticketOf },
);

/** After it was recorded: always succeeds for what was locked; the topic repeats it. */
export const RedeemOffersOfTicket = defineCall<
  OffersOnTicket,
  Answered<{ readonly redeemed: true }>
>('reward-store', 'redeem-offers-of-ticket', { about: ticketOf });

/** The ticket lost (409, or it could not be recorded): what it locked is free again. */
export const UnlockOffersOfTicket = defineCall<
  OffersOnTicket,
  Answered<{ readonly unlocked: true }>
>('reward-store', 'unlock-offers-of-ticket', { about: ticketOf });

/** A return gives offers back to the participant. */
export const ReinstateOffersOfTicket = defineCall<
  OffersOnTicket,
  Answered<{ readonly reinstated: readonly string[] }>
>('reward-store', 'reinstate-offers-of-ticket', { about: ticketOf });

export interface IssueOfferRequest {
  /** Derived by the caller, so that a repeated call issues it once. */
  readonly issuedOfferId: string;
  readonly offerId: string;
  readonly participantId: string;
  readonly reason: { readonly kind: 'tier' | 'campaign' | 'grant'; readonly id: string };
  readonly occurredAt: Instant;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface IssuedOfferSummary {
  readonly id: string;
  readonly code: string;
  readonly offerId: string;
  readonly version: number;
  readonly status: string;
  readonly expiresAt?: Instant;
}

/** Refusals: `not_found`, `out_of_stock`, `limit_reached`, `offer_not_issuable`. */
export const IssueOffer = defineCall<IssueOfferRequest, Answered<IssuedOfferSummary>>(
  'reward-store',
  'issue-offer',
);
