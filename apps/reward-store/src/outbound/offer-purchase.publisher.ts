import { OFFER_PURCHASE_EVENTS, OfferPurchasedV1 } from '@fidelis/contracts';
import { definePublisher, outgoing } from '@fidelis/messaging';
import { offerPurchaseAggregate, type OfferPurchaseEvent } from '../domain/offer-purchase';

/** A refused purchase moved nothing, and is nobody's business. */
export const offerPurchasePublisher = definePublisher({
  service: 'reward-store',
  categories: [offerPurchaseAggregate.category],
  topic: OFFER_PURCHASE_EVENTS,
  toMessages: (stored) => {
    const event = stored as unknown as OfferPurchaseEvent;
    if (event.type !== 'OfferPurchaseCompleted') return [];
    const { data } = event;
    return [outgoing(OfferPurchasedV1, { key: data.offerPurchaseId, data })];
  },
});
