import {
  DoubleRedemptionFoundV1,
  OfferExpiredV1,
  OfferIssueDeclinedV1,
  OfferIssuedV1,
  OfferPurchasedV1,
  OfferRedeemedV1,
  OfferReinstatedV1,
  OfferRevokedV1,
} from '@fidelis/contracts';
import { describeGoldens } from '@fidelis/testing/golden';
import type { IssuedOfferEvent } from '../domain/issued-offer';
import type { OfferPurchaseEvent } from '../domain/offer-purchase';
import type { OfferTerms } from '../domain/offer';
import { issuedOfferPublisher } from './issued-offer.publisher';
import { offerPurchasePublisher } from './offer-purchase.publisher';

const at = '2026-11-22T10:00:00.000Z';
const copy = { issuedOfferId: 'io-1', offerId: 'muffin', participantId: 'ana' };
// The terms of the copy stay private.
const terms = {} as OfferTerms;

const issued: IssuedOfferEvent = {
  type: 'OfferIssued',
  data: {
    ...copy,
    version: 2,
    terms,
    code: '7K3Q-9MXT-4RWD',
    reason: { kind: 'purchase', id: 'op-1' },
    issuedAt: at,
    validFrom: at,
    expiresAt: '2026-12-22T10:00:00.000Z',
  },
};
const declined: IssuedOfferEvent = {
  type: 'OfferIssueDeclined',
  data: {
    ...copy,
    reason: { kind: 'tier', id: 'silver' },
    code: 'out_of_stock',
    detail: 'none is left',
    declinedAt: at,
  },
};
const redeemed: IssuedOfferEvent = {
  type: 'IssuedOfferRedeemed',
  data: {
    ticket: 'pos-7:536365',
    discount: { amount: 280, lines: [] },
    storeId: 'S1',
    redeemedAt: at,
  },
};
const doubled: IssuedOfferEvent = {
  type: 'DoubleRedemptionFound',
  data: { ticket: 'pos-7:536366', status: 'redeemed' },
};
const reinstated: IssuedOfferEvent = {
  type: 'IssuedOfferReinstated',
  data: { ticket: 'pos-7:536365', from: 'redeemed', reinstatedAt: at },
};
const expired: IssuedOfferEvent = { type: 'IssuedOfferExpired', data: { expiredAt: at } };
const revoked: IssuedOfferEvent = {
  type: 'IssuedOfferRevoked',
  data: { reason: 'issued by mistake', revokedAt: at },
};
const purchased: OfferPurchaseEvent = {
  type: 'OfferPurchaseCompleted',
  data: {
    offerPurchaseId: 'op-1',
    participantId: 'ana',
    accountId: 'acc',
    programId: 'club',
    storeId: 'store',
    offerId: 'muffin',
    version: 2,
    quantity: 1,
    points: 50,
    issuedOfferIds: ['io-1'],
    completedAt: at,
  },
};

const stream = 'issuedOffer-io-1';
describeGoldens(issuedOfferPublisher, [
  { contract: OfferIssuedV1, stream, revision: 0, event: issued },
  { contract: OfferIssueDeclinedV1, stream, revision: 0, event: declined },
  { contract: OfferRedeemedV1, stream, revision: 2, event: redeemed },
  { contract: DoubleRedemptionFoundV1, stream, revision: 3, event: doubled },
  { contract: OfferReinstatedV1, stream, revision: 4, event: reinstated },
  { contract: OfferExpiredV1, stream, revision: 5, event: expired },
  { contract: OfferRevokedV1, stream, revision: 5, event: revoked },
]);
describeGoldens(offerPurchasePublisher, [
  { contract: OfferPurchasedV1, stream: 'offerPurchase-op-1', revision: 4, event: purchased },
]);
