import { assertInvariant, assertNever, type Aggregate } from '@fidelis/kernel';
import type { OfferPurchaseEvent, OfferPurchaseRequested, Refusal } from './offer-purchase.events';

export type OfferPurchase = { readonly stage: 'none' } | RequestedPurchase;

export type RequestedPurchase = OfferPurchaseRequested['data'] & {
  readonly stage: 'requested' | 'reserved' | 'held' | 'spent' | 'completed' | 'refused' | 'undone';
  readonly holdId?: string;
  readonly refusal?: Refusal;
};

export const offerPurchaseAggregate: Aggregate<OfferPurchase, OfferPurchaseEvent> = {
  category: 'offerPurchase',
  initial: { stage: 'none' },
  evolve,
};

function evolve(state: OfferPurchase, event: OfferPurchaseEvent): OfferPurchase {
  if (event.type === 'OfferPurchaseRequested') return { ...event.data, stage: 'requested' };
  assertInvariant(state.stage !== 'none', `${event.type} before the purchase was requested`);
  switch (event.type) {
    case 'OffersReserved':
      return { ...state, stage: 'reserved' };
    case 'PointsHeld':
      return { ...state, stage: 'held', holdId: event.data.holdId };
    case 'PointsSpent':
      return { ...state, stage: 'spent' };
    case 'OfferPurchaseCompleted':
      return { ...state, stage: 'completed' };
    case 'OfferPurchaseRefused':
      return { ...state, stage: 'refused', refusal: event.data.refusal };
    case 'OfferPurchaseUndone':
      return { ...state, stage: 'undone' };
    default:
      return assertNever(event);
  }
}
