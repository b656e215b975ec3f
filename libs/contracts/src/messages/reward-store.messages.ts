import type { Instant } from '@fidelis/kernel';
import { defineMessage } from '../message';

export const ISSUED_OFFER_EVENTS = 'loyalty.reward-store.issued-offer.events.v1';
export const OFFER_PURCHASE_EVENTS = 'loyalty.reward-store.offer-purchase.events.v1';

/** A participant has a copy of an offer; key of this topic: `issuedOfferId`. */
export const OfferIssuedV1 = defineMessage<{
  readonly issuedOfferId: string;
  readonly offerId: string;
  readonly version: number;
  readonly participantId: string;
  readonly reason: {
    readonly kind: 'purchase' | 'tier' | 'campaign' | 'grant';
    /** The offer purchase, the ticket, or the grant's operation. */
    readonly id: string;
  };
  readonly issuedAt: Instant;
  readonly validFrom?: Instant;
  readonly expiresAt?: Instant;
}>('reward-store.offer-issued.v1', ISSUED_OFFER_EVENTS);

/** A rule gave an offer that could not be issued any more. */
export const OfferIssueDeclinedV1 = defineMessage<{
  readonly issuedOfferId: string;
  readonly offerId: string;
  readonly participantId: string;
  readonly code: string;
  readonly declinedAt: Instant;
}>('reward-store.offer-issue-declined.v1', ISSUED_OFFER_EVENTS);

export const OfferRedeemedV1 = defineMessage<{
  readonly issuedOfferId: string;
  /** `<source>:<transactionId>`, or the id alone where the till did not say its source. */
  readonly ticket: string;
  /** Minor units of the ticket's currency. */
  readonly discountAmount: number;
  readonly redeemedAt: Instant;
}>('reward-store.offer-redeemed.v1', ISSUED_OFFER_EVENTS);

export const OfferReinstatedV1 = defineMessage<{
  readonly issuedOfferId: string;
  readonly ticket: string;
  readonly reinstatedAt: Instant;
}>('reward-store.offer-reinstated.v1', ISSUED_OFFER_EVENTS);

export const OfferExpiredV1 = defineMessage<{
  readonly issuedOfferId: string;
  readonly expiredAt: Instant;
}>('reward-store.offer-expired.v1', ISSUED_OFFER_EVENTS);

export const OfferRevokedV1 = defineMessage<{
  readonly issuedOfferId: string;
  readonly reason: string;
  readonly revokedAt: Instant;
}>('reward-store.offer-revoked.v1', ISSUED_OFFER_EVENTS);

/** A recorded ticket names an offer that was used or revoked before: integrity lists it. */
export const DoubleRedemptionFoundV1 = defineMessage<{
  readonly issuedOfferId: string;
  readonly ticket: string;
  readonly status: string;
}>('reward-store.double-redemption-found.v1', ISSUED_OFFER_EVENTS);

/** Points were spent and the offers issued; key of this topic: `offerPurchaseId`. */
export const OfferPurchasedV1 = defineMessage<{
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
}>('reward-store.offer-purchased.v1', OFFER_PURCHASE_EVENTS);
