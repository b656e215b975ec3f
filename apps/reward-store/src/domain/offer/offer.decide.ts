import {
  accepted,
  canonicalJson,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import { addDuration } from '@fidelis/ledger';
import type {
  OfferDelisted,
  OfferEvent,
  OfferListed,
  ListingRevised,
  OfferTerms,
} from './offer.events';
import type { Listing, Offer } from './offer.state';

export type OfferRejection = Rejection & {
  readonly code: 'already_exists' | 'not_found' | 'offer_is_listed';
};

export interface DefineOffer {
  readonly offerId: string;
  readonly terms: OfferTerms;
}

export function defineOffer(
  { offerId, terms }: DefineOffer,
  offer: Offer,
): Decision<OfferEvent, OfferRejection> {
  if (offer.status === 'undefined') {
    return accepted({ type: 'OfferDefined', data: { offerId, terms } });
  }
  if (isSame(offer.terms, terms)) return accepted();
  return rejected({ code: 'already_exists', detail: `offer ${offerId} exists with other terms` });
}

/** What was issued before keeps the terms that it was issued under. */
export function reviseOffer(
  { offerId, terms }: DefineOffer,
  offer: Offer,
): Decision<OfferEvent, OfferRejection> {
  if (offer.status === 'undefined') return defineOffer({ offerId, terms }, offer);
  if (isSame(offer.terms, terms)) return accepted();
  if (offer.listings.length > 0) {
    const stores = offer.listings.map((listing) => listing.storeId).join(', ');
    return rejected({
      code: 'offer_is_listed',
      detail: `offer ${offerId} is listed in ${stores}: delist it, change it, list it again`,
    });
  }
  return accepted({ type: 'OfferRevised', data: { version: offer.version + 1, terms } });
}

export type ListOffer = Omit<Listing, 'listingNo'>;

export function listOffer(
  command: ListOffer,
  offer: Offer,
): Decision<OfferListed | ListingRevised, OfferRejection> {
  if (offer.status === 'undefined') return noSuchOffer();
  const { storeId, price, stock } = command;
  const data = { storeId, price, ...(stock !== undefined && { stock }) };
  const listing = offer.listings.find((candidate) => candidate.storeId === storeId);
  if (listing === undefined) {
    const listingNo = offer.listingsMade + 1;
    return accepted({ type: 'OfferListed', data: { ...data, listingNo } });
  }
  if (listing.price === price && listing.stock === stock) return accepted();
  return accepted({ type: 'ListingRevised', data });
}

export function delistOffer(
  { storeId }: { readonly storeId: string },
  offer: Offer,
): Decision<OfferDelisted, OfferRejection> {
  if (offer.status === 'undefined') return noSuchOffer();
  const listed = offer.listings.some((listing) => listing.storeId === storeId);
  return listed ? accepted({ type: 'OfferDelisted', data: { storeId } }) : accepted();
}

export function isIssuable({ issuance }: OfferTerms, now: Instant): boolean {
  const begun = issuance.from === undefined || issuance.from <= now;
  return begun && (issuance.to === undefined || now < issuance.to);
}

/** When a copy that is issued at `issuedAt` may be used: from inclusive, to exclusive. */
export function validityOf(
  { issuance, redemption: { validity } }: OfferTerms,
  issuedAt: Instant,
): { readonly validFrom?: Instant; readonly expiresAt?: Instant } {
  switch (validity.type) {
    case 'sameAsIssuance':
      return issuance.to === undefined ? {} : { expiresAt: issuance.to };
    case 'fixed':
      return {
        expiresAt: validity.to,
        ...(validity.from !== undefined && { validFrom: validity.from }),
      };
    case 'duration':
      return { expiresAt: addDuration(issuedAt, validity.after, 'UTC') };
    case 'never':
      return {};
  }
}

function noSuchOffer(): Decision<never, OfferRejection> {
  return rejected({ code: 'not_found', detail: 'no such offer' });
}

function isSame(left: OfferTerms, right: OfferTerms): boolean {
  return canonicalJson(left) === canonicalJson(right);
}
