// Stored format: add fields or upcast, never edit what was stored.
import type { Instant } from '@fidelis/kernel';
import type { Limit } from '../allotment';
import type { OfferTerms } from '../offer';

export type OfferPurchaseEvent =
  | OfferPurchaseRequested
  | OffersReserved
  | PointsHeld
  | PointsSpent
  | OfferPurchaseCompleted
  | OfferPurchaseRefused
  | OfferPurchaseUndone;

/** Everything the rest of the purchase needs: no later step looks anything up again. */
export interface OfferPurchaseRequested {
  readonly type: 'OfferPurchaseRequested';
  readonly data: {
    readonly offerPurchaseId: string;
    readonly participantId: string;
    readonly accountId: string;
    readonly programId: string;
    readonly storeId: string;
    readonly offerId: string;
    readonly version: number;
    readonly terms: OfferTerms;
    readonly quantity: number;
    /** For all of them together. */
    readonly points: number;
    /** The wallets that the store takes points from; absent: all that are spendable. */
    readonly wallets?: readonly string[];
    readonly copies: readonly { readonly issuedOfferId: string; readonly code: string }[];
    readonly limits: readonly Limit[];
    /** Who acted for the participant. */
    readonly actor?: string;
    readonly requestedAt: Instant;
    /** From here on nothing new is begun: what is not held by then is given back. */
    readonly giveUpAt: Instant;
  };
}

export interface OffersReserved {
  readonly type: 'OffersReserved';
  readonly data: Record<string, never>;
}

export interface PointsHeld {
  readonly type: 'PointsHeld';
  readonly data: { readonly holdId: string };
}

/** The point of no return: from here on the offers will be issued. */
export interface PointsSpent {
  readonly type: 'PointsSpent';
  readonly data: { readonly spentAt: Instant };
}

export interface OfferPurchaseCompleted {
  readonly type: 'OfferPurchaseCompleted';
  readonly data: {
    readonly offerPurchaseId: string;
    readonly participantId: string;
    readonly accountId: string;
    readonly programId: string;
    readonly storeId: string;
    readonly offerId: string;
    readonly version: number;
    readonly quantity: number;
    readonly points: number;
    readonly issuedOfferIds: readonly string[];
    readonly completedAt: Instant;
  };
}

export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly available?: number;
  readonly requested?: number;
}

export interface OfferPurchaseRefused {
  readonly type: 'OfferPurchaseRefused';
  readonly data: { readonly refusal: Refusal; readonly refusedAt: Instant };
}

/** What was reserved is free again, what was held is released. */
export interface OfferPurchaseUndone {
  readonly type: 'OfferPurchaseUndone';
  readonly data: Record<string, never>;
}
