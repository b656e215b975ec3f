import { assertInvariant, assertNever, type Aggregate } from '@fidelis/kernel';
import type { OfferEvent, OfferTerms } from './offer.events';

export interface Listing {
  readonly storeId: string;
  readonly listingNo: number;
  /** Points; 0 is a gift. */
  readonly price: number;
  /** How many may be sold during this listing; absent: no limit. */
  readonly stock?: number;
}

export interface DefinedOffer {
  readonly status: 'defined';
  readonly offerId: string;
  readonly version: number;
  readonly terms: OfferTerms;
  readonly listings: readonly Listing[];
  /** Numbers listings, also those that ended. */
  readonly listingsMade: number;
}

export type Offer = { readonly status: 'undefined' } | DefinedOffer;

export const offerAggregate: Aggregate<Offer, OfferEvent> = {
  category: 'offer',
  initial: { status: 'undefined' },
  evolve,
};

function evolve(state: Offer, event: OfferEvent): Offer {
  if (event.type === 'OfferDefined') {
    const { offerId, terms } = event.data;
    return { status: 'defined', offerId, version: 1, terms, listings: [], listingsMade: 0 };
  }
  assertInvariant(state.status === 'defined', `${event.type} before the offer was defined`);
  switch (event.type) {
    case 'OfferRevised':
      return { ...state, version: event.data.version, terms: event.data.terms };
    case 'OfferListed':
      return {
        ...state,
        listings: [...without(state, event.data.storeId), event.data],
        listingsMade: event.data.listingNo,
      };
    case 'ListingRevised':
      return { ...state, listings: state.listings.map((listing) => revise(listing, event.data)) };
    case 'OfferDelisted':
      return { ...state, listings: without(state, event.data.storeId) };
    default:
      return assertNever(event);
  }
}

function without(state: DefinedOffer, storeId: string): readonly Listing[] {
  return state.listings.filter((listing) => listing.storeId !== storeId);
}

function revise(listing: Listing, revised: Omit<Listing, 'listingNo'>): Listing {
  if (listing.storeId !== revised.storeId) return listing;
  return { ...revised, listingNo: listing.listingNo };
}
