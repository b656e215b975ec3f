import { AggregateRepository } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import { vendorAggregate, type Vendor, type VendorEvent } from './domain/vendor';
import {
  vendorOrderAggregate,
  type VendorOrder,
  type VendorOrderEvent,
} from './domain/vendor-order';

/** The streams that this service writes. */
export class VendorsStreams {
  readonly vendors: AggregateRepository<Vendor, VendorEvent>;
  readonly orders: AggregateRepository<VendorOrder, VendorOrderEvent>;

  constructor(eventStore: EventStore) {
    this.vendors = new AggregateRepository(eventStore, vendorAggregate);
    this.orders = new AggregateRepository(eventStore, vendorOrderAggregate);
  }
}
