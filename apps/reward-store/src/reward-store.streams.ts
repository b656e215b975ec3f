import { AggregateRepository } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import { allotmentAggregate } from './domain/allotment';
import { issuedOfferAggregate } from './domain/issued-offer';
import { offerAggregate } from './domain/offer';
import { offerPurchaseAggregate } from './domain/offer-purchase';
import { storeAggregate } from './domain/store';

/** The streams that this service writes. */
export class RewardStoreStreams {
  readonly offers;
  readonly stores;
  readonly allotments;
  readonly issuedOffers;
  readonly offerPurchases;

  constructor(eventStore: EventStore) {
    this.offers = new AggregateRepository(eventStore, offerAggregate);
    this.stores = new AggregateRepository(eventStore, storeAggregate);
    this.allotments = new AggregateRepository(eventStore, allotmentAggregate);
    this.issuedOffers = new AggregateRepository(eventStore, issuedOfferAggregate);
    this.offerPurchases = new AggregateRepository(eventStore, offerPurchaseAggregate);
  }
}
