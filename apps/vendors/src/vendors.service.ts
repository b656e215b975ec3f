import type { Kysely } from 'kysely';
import { Platform } from '@fidelis/service';
import { VendorAdapters } from './adapters/vendor-adapters';
import type { CatalogTables } from './projections/catalog/catalog.table';
import { OrderDelivery } from './processes/order-delivery';
import { deliverOrders, retryOrders, VendorOrderProcess } from './processes/vendor-order.process';
import { SecretSealer } from './secrets/secret-sealer';
import { secretsKeyIn } from './secrets/secrets-key';
import type { VendorsConfig } from './vendors.config';
import { VendorsRuntime } from './vendors.runtime';
import { VendorsStreams } from './vendors.streams';

/** The service's parts, put together once: controllers and consumers take what they need of it. */
export class VendorsService {
  readonly streams: VendorsStreams;
  readonly sealer: SecretSealer;
  readonly runtime: VendorsRuntime;
  readonly readModel: Kysely<CatalogTables>;

  constructor(
    readonly platform: Platform,
    config: VendorsConfig,
  ) {
    const { calls, clock } = platform;
    this.streams = new VendorsStreams(platform.eventStore);
    this.sealer = new SecretSealer(config.secretsKey ?? secretsKeyIn(platform.dataDir));
    this.readModel = platform.readModel<CatalogTables>('vendors');
    const adapters = new VendorAdapters(this.sealer);
    const delivery = new OrderDelivery({ streams: this.streams, adapters, calls, clock });
    const orders = new VendorOrderProcess(this.streams, delivery);
    this.runtime = new VendorsRuntime({
      platform,
      streams: this.streams,
      delivery,
      processes: [deliverOrders(orders, clock)],
      timers: [retryOrders(orders)],
    });
  }
}
