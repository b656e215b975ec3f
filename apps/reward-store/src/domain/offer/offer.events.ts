// Stored format: add fields or upcast, never edit what was stored.
import type { Instant } from '@fidelis/kernel';
import type { Benefit, Scope } from './benefit';

export type OfferEvent = OfferDefined | OfferRevised | OfferListed | ListingRevised | OfferDelisted;

export interface OfferTerms {
  readonly name: string;
  readonly benefit: Benefit;
  readonly scope?: Scope;
  /** The discount's number in the point-of-sale system. */
  readonly posDiscountId?: string;
  readonly issuance: Issuance;
  readonly redemption: Redemption;
}

/** When and how often the offer may be issued. */
export interface Issuance {
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
  readonly perParticipant?: number;
  readonly total?: number;
}

export interface Redemption {
  readonly validity: Validity;
  /** Absent: everywhere. */
  readonly stores?: readonly string[];
  readonly perParticipant?: number;
}

/** When an issued offer may be used. */
export type Validity =
  /** As long as it may be issued. */
  | { readonly type: 'sameAsIssuance' }
  /** `to` is exclusive. */
  | { readonly type: 'fixed'; readonly from?: Instant; readonly to: Instant }
  /** ISO 8601, from its issuance. */
  | { readonly type: 'duration'; readonly after: string }
  /** It never expires. */
  | { readonly type: 'never' };

export interface OfferDefined {
  readonly type: 'OfferDefined';
  readonly data: { readonly offerId: string; readonly terms: OfferTerms };
}

export interface OfferRevised {
  readonly type: 'OfferRevised';
  readonly data: { readonly version: number; readonly terms: OfferTerms };
}

/** A listing is one stay of the offer in a store; each has a stock of its own. */
export interface OfferListed {
  readonly type: 'OfferListed';
  readonly data: {
    readonly storeId: string;
    readonly listingNo: number;
    readonly price: number;
    readonly stock?: number;
  };
}

export interface ListingRevised {
  readonly type: 'ListingRevised';
  readonly data: { readonly storeId: string; readonly price: number; readonly stock?: number };
}

export interface OfferDelisted {
  readonly type: 'OfferDelisted';
  readonly data: { readonly storeId: string };
}
