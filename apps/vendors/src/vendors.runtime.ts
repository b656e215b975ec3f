import type { Process, Timer } from '@fidelis/processes';
import { ServiceRuntime, type Platform } from '@fidelis/service';
import { vendorsAnswers } from './calls/vendor-calls';
import type { OrderDelivery } from './processes/order-delivery';
import { catalog } from './projections/catalog/catalog.projection';
import type { CatalogTables } from './projections/catalog/catalog.table';
import { vendorsFlow } from './vendors.flow';
import type { VendorsStreams } from './vendors.streams';

interface VendorsParts {
  readonly platform: Platform;
  readonly streams: VendorsStreams;
  readonly delivery: OrderDelivery;
  readonly processes: readonly Process[];
  readonly timers: readonly Timer[];
}

export class VendorsRuntime extends ServiceRuntime<CatalogTables> {
  private readonly delivery: OrderDelivery;

  constructor({ platform, streams, delivery, processes, timers }: VendorsParts) {
    const answers = vendorsAnswers(streams);
    super({ flow: vendorsFlow, platform, answers, projections: [catalog], processes, timers });
    this.delivery = delivery;
  }

  /** What vendors were asked is answered and recorded before the store closes. */
  override async beforeApplicationShutdown(): Promise<void> {
    await this.delivery.close();
    await super.beforeApplicationShutdown();
  }
}
