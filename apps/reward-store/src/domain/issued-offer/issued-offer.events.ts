// Stored format: add fields or upcast, never edit what was stored.
import type { Instant } from '@fidelis/kernel';
import type { Limit } from '../allotment';
import type { Discount, OfferTerms } from '../offer';

export type IssuedOfferEvent =
  | OfferIssueRequested
  | OfferIssued
  | OfferIssueDeclined
  | IssuedOfferLocked
  | IssuedOfferUnlocked
  | IssuedOfferRedeemed
  | DoubleRedemptionFound
  | IssuedOfferReinstated
  | IssuedOfferExpired
  | IssuedOfferRevoked;

/**
 * A copy of a limited offer is on its way: its limits are taken next. Everything that the issue
 * needs is here, so that it goes on after a crash. Nobody sees such a copy.
 */
export interface OfferIssueRequested {
  readonly type: 'OfferIssueRequested';
  readonly data: Copy & { readonly limits: readonly Limit[] };
}

export interface OfferIssued {
  readonly type: 'OfferIssued';
  readonly data: Copy & {
    readonly validFrom?: Instant;
    /** Exclusive; absent: never. */
    readonly expiresAt?: Instant;
  };
}

export interface Copy {
  readonly issuedOfferId: string;
  readonly offerId: string;
  readonly version: number;
  /** The terms of that version, for as long as this copy lives. */
  readonly terms: OfferTerms;
  readonly participantId: string;
  /** What a person types at the till: random, so that nobody guesses another one's. */
  readonly code: string;
  readonly reason: IssueReason;
  readonly issuedAt: Instant;
}

/** Somebody was to get it by a rule, and could not: it stays declined, also when asked again. */
export interface OfferIssueDeclined {
  readonly type: 'OfferIssueDeclined';
  readonly data: {
    readonly issuedOfferId: string;
    readonly offerId: string;
    readonly participantId: string;
    readonly reason: IssueReason;
    readonly code: string;
    readonly detail: string;
    readonly declinedAt: Instant;
  };
}

export interface IssueReason {
  readonly kind: 'purchase' | 'tier' | 'campaign' | 'grant';
  /** The offer purchase, the ticket, or the grant's operation. */
  readonly id: string;
}

/** `ticket` is a ticket's name: see `ticket-name.ts`. */
export interface IssuedOfferLocked {
  readonly type: 'IssuedOfferLocked';
  readonly data: {
    readonly ticket: string;
    readonly discount: Discount;
    readonly storeId?: string;
    readonly lockedAt: Instant;
    readonly lockExpiresAt: Instant;
  };
}

export interface IssuedOfferUnlocked {
  readonly type: 'IssuedOfferUnlocked';
  readonly data: { readonly ticket: string; readonly reason: 'unlocked' | 'timed-out' };
}

export interface IssuedOfferRedeemed {
  readonly type: 'IssuedOfferRedeemed';
  readonly data: {
    readonly ticket: string;
    readonly discount: Discount;
    readonly storeId?: string;
    readonly redeemedAt: Instant;
  };
}

/** A recorded ticket names an offer that another one has used: somebody has to look into it. */
export interface DoubleRedemptionFound {
  readonly type: 'DoubleRedemptionFound';
  readonly data: { readonly ticket: string; readonly status: string };
}

export interface IssuedOfferReinstated {
  readonly type: 'IssuedOfferReinstated';
  readonly data: {
    readonly ticket: string;
    /** What it was before: a return may come before its ticket's redemption has arrived. */
    readonly from: 'issued' | 'locked' | 'redeemed';
    readonly reinstatedAt: Instant;
  };
}

export interface IssuedOfferExpired {
  readonly type: 'IssuedOfferExpired';
  readonly data: { readonly expiredAt: Instant };
}

export interface IssuedOfferRevoked {
  readonly type: 'IssuedOfferRevoked';
  readonly data: { readonly reason: string; readonly revokedAt: Instant };
}
