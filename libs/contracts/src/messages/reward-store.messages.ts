import { definePublicMessage } from '../message';
import { described, list, optional, shape, words } from '../schema/schema';
import { amountMinor, anyText, count, id, instant, points } from '../schema/values';

export const ISSUED_OFFER_EVENTS = 'loyalty.reward-store.issued-offer.events.v1';
export const OFFER_PURCHASE_EVENTS = 'loyalty.reward-store.offer-purchase.events.v1';

const ticket = described(
  id,
  '`<source>:<transactionId>`, or the id alone where the till did not say its source',
);

export const OfferIssuedV1 = definePublicMessage({
  type: 'reward-store.offer-issued.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'A participant has a copy of an offer.',
  schema: shape({
    issuedOfferId: id,
    offerId: id,
    version: count,
    participantId: id,
    reason: shape({
      kind: words('purchase', 'tier', 'campaign', 'grant'),
      id: described(id, 'The offer purchase, the tier or campaign, or the grant’s operation'),
    }),
    issuedAt: instant,
    validFrom: optional(instant),
    expiresAt: optional(instant),
  }),
});

export const OfferIssueDeclinedV1 = definePublicMessage({
  type: 'reward-store.offer-issue-declined.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'A rule gave an offer that could not be issued any more.',
  schema: shape({
    issuedOfferId: id,
    offerId: id,
    participantId: id,
    code: anyText,
    declinedAt: instant,
  }),
});

export const OfferRedeemedV1 = definePublicMessage({
  type: 'reward-store.offer-redeemed.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'An issued offer was used on a ticket.',
  schema: shape({
    issuedOfferId: id,
    ticket,
    discountAmount: described(amountMinor, 'Minor units of the ticket’s currency'),
    redeemedAt: instant,
  }),
});

export const OfferReinstatedV1 = definePublicMessage({
  type: 'reward-store.offer-reinstated.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'A used offer was given back.',
  schema: shape({ issuedOfferId: id, ticket, reinstatedAt: instant }),
});

export const OfferExpiredV1 = definePublicMessage({
  type: 'reward-store.offer-expired.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'An issued offer was not used in time.',
  schema: shape({ issuedOfferId: id, expiredAt: instant }),
});

export const OfferRevokedV1 = definePublicMessage({
  type: 'reward-store.offer-revoked.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'An issued offer was taken back.',
  schema: shape({ issuedOfferId: id, reason: anyText, revokedAt: instant }),
});

export const DoubleRedemptionFoundV1 = definePublicMessage({
  type: 'reward-store.double-redemption-found.v1',
  topic: ISSUED_OFFER_EVENTS,
  summary: 'A recorded ticket names an offer that was used or revoked before: integrity lists it.',
  schema: shape({ issuedOfferId: id, ticket, status: anyText }),
});

export const OfferPurchasedV1 = definePublicMessage({
  type: 'reward-store.offer-purchased.v1',
  topic: OFFER_PURCHASE_EVENTS,
  summary: 'Points were spent and the offers issued.',
  schema: shape({
    offerPurchaseId: id,
    participantId: id,
    accountId: id,
    programId: id,
    storeId: id,
    offerId: id,
    version: count,
    quantity: count,
    points,
    issuedOfferIds: list(id),
    completedAt: instant,
  }),
});
