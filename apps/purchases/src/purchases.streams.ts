import { AggregateRepository } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import { purchaseAggregate, type Purchase, type PurchaseEvent } from './domain/purchase';
import {
  vendorSpendAggregate,
  type VendorSpend,
  type VendorSpendEvent,
} from './domain/vendor-spend';

/** The service's streams: where every command loads from and appends to. */
export class PurchasesStreams {
  readonly purchases: AggregateRepository<Purchase, PurchaseEvent>;
  readonly vendorSpend: AggregateRepository<VendorSpend, VendorSpendEvent>;

  constructor(eventStore: EventStore) {
    this.purchases = new AggregateRepository(eventStore, purchaseAggregate);
    this.vendorSpend = new AggregateRepository(eventStore, vendorSpendAggregate);
  }
}
