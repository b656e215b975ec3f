import {
  IssueOffer,
  LockOffersForTicket,
  RedeemOffersOfTicket,
  ReinstateOffersOfTicket,
  UnlockOffersOfTicket,
} from '@fidelis/contracts';
import { answering, type AnsweredCall } from '@fidelis/service-calls';
import type { IssueOffers } from '../commands/issue-offer';
import type { UseOffers } from '../commands/use-offers';

/** What this service answers to others, earning above all. */
export function rewardStoreCalls(
  useOffers: UseOffers,
  issueOffers: IssueOffers,
): readonly AnsweredCall[] {
  return [
    answering(LockOffersForTicket, (request) => useOffers.lockForTicket(request)),
    answering(RedeemOffersOfTicket, (request) => useOffers.redeemOfTicket(request)),
    answering(UnlockOffersOfTicket, (request) => useOffers.unlockOfTicket(request)),
    answering(ReinstateOffersOfTicket, (request) => useOffers.reinstateOfTicket(request)),
    answering(IssueOffer, (request) => issueOffers.issue(request)),
  ];
}
