import {
  CaptureHold,
  DoubleRedemptionFoundV1,
  GetAccount,
  GetProgramTerms,
  HoldPoints,
  IssueOffer,
  ListMemberships,
  LockOffersForTicket,
  OfferAwardedV1,
  OfferExpiredV1,
  OfferIssueDeclinedV1,
  OfferIssuedV1,
  OfferPurchasedV1,
  OfferRedeemedV1,
  OfferReinstatedV1,
  OfferRevokedV1,
  RedeemOffersOfTicket,
  ReinstateOffersOfTicket,
  ReleaseHold,
  ResolveParticipant,
  TransactionRecordedV1,
  UnlockOffersOfTicket,
} from '@fidelis/contracts';
import type { ServiceFlow } from '@fidelis/service';
import { issuedOfferPublisher } from './outbound/issued-offer.publisher';
import { offerPurchasePublisher } from './outbound/offer-purchase.publisher';

export const rewardStoreFlow: ServiceFlow = {
  service: 'reward-store',
  purpose: 'Offers: what they give, where they are sold for points, and who has which.',
  consumes: [
    {
      contract: OfferAwardedV1,
      group: 'reward-store.offer-awarded',
      handler: 'OfferAwardedConsumer.issue',
    },
    {
      contract: TransactionRecordedV1,
      group: 'reward-store.transaction-recorded',
      handler: 'TransactionRecordedConsumer.redeem',
    },
  ],
  answers: [
    LockOffersForTicket,
    RedeemOffersOfTicket,
    UnlockOffersOfTicket,
    ReinstateOffersOfTicket,
    IssueOffer,
  ],
  calls: [
    ResolveParticipant,
    ListMemberships,
    GetProgramTerms,
    GetAccount,
    HoldPoints,
    CaptureHold,
    ReleaseHold,
  ],
  decides: [
    {
      aggregate: 'offer',
      category: 'offer',
      commands: ['defineOffer', 'reviseOffer', 'listOffer', 'delistOffer'],
      events: ['OfferDefined', 'OfferRevised', 'OfferListed', 'ListingRevised', 'OfferDelisted'],
    },
    {
      aggregate: 'store',
      category: 'store',
      commands: ['openStore', 'reviseStore'],
      events: ['StoreOpened', 'StoreRevised'],
    },
    {
      aggregate: 'allotment',
      category: 'allotment',
      commands: ['takeAllotment', 'giveBackAllotment', 'voidAllotment'],
      events: ['AllotmentTaken', 'AllotmentGivenBack', 'AllotmentVoided'],
    },
    {
      aggregate: 'issued offer',
      category: 'issuedOffer',
      commands: [
        'issueOffer',
        'declineIssue',
        'lockOffer',
        'unlockOffer',
        'redeemOffer',
        'redeemOfferOfRecordedTicket',
        'reinstateOffer',
        'revokeOffer',
        'recordDue',
      ],
      events: [
        'OfferIssued',
        'OfferIssueDeclined',
        'IssuedOfferLocked',
        'IssuedOfferUnlocked',
        'IssuedOfferRedeemed',
        'DoubleRedemptionFound',
        'IssuedOfferReinstated',
        'IssuedOfferExpired',
        'IssuedOfferRevoked',
      ],
    },
    {
      aggregate: 'offer purchase',
      category: 'offerPurchase',
      commands: ['requestPurchase', 'recordResult'],
      events: [
        'OfferPurchaseRequested',
        'OffersReserved',
        'PointsHeld',
        'PointsSpent',
        'OfferPurchaseCompleted',
        'OfferPurchaseRefused',
        'OfferPurchaseUndone',
      ],
    },
  ],
  projects: [
    {
      name: 'issued-offers',
      categories: ['issuedOffer'],
      purpose: 'the issued offers of a participant, by status',
    },
  ],
  processes: [
    {
      name: 'offer-purchase-resume',
      categories: ['offerPurchase'],
      purpose: 'ends a purchase whose process died',
    },
    {
      name: 'issued-offer-due',
      categories: ['issuedOffer'],
      purpose: 'records locks that timed out and offers that expired',
    },
    {
      name: 'redemption-count',
      categories: ['issuedOffer'],
      purpose: 'counts redemptions against the limit per participant',
    },
  ],
  publishes: [
    {
      publisher: issuedOfferPublisher,
      contracts: [
        OfferIssuedV1,
        OfferIssueDeclinedV1,
        OfferRedeemedV1,
        OfferReinstatedV1,
        OfferExpiredV1,
        OfferRevokedV1,
        DoubleRedemptionFoundV1,
      ],
    },
    { publisher: offerPurchasePublisher, contracts: [OfferPurchasedV1] },
  ],
};
