import { Module } from '@nestjs/common';
import { readSettings } from '@fidelis/config';
import { isPostgres } from '@fidelis/read-model';
import { Platform } from '@fidelis/service';
import { BuyingController } from './http/buying.controller';
import { PurchasesController } from './http/purchases.controller';
import { ReversalsController } from './http/reversals.controller';
import { OrderAnswersConsumer } from './inbound/order-answers.consumer';
import { toPurchasesConfig } from './purchases.config';
import { PurchasesRuntime, PurchasesService } from './purchases.service';
import { PurchasesStreams } from './purchases.streams';
import { FormerShippingFiles } from './shipping/former-shipping-files';
import type { ShippingAddressTables } from './shipping/shipping-addresses.table';
import { StoredShippingAddresses } from './shipping/stored-shipping-addresses';

/** `Platform` comes from the host, which has chosen the adapters. */
@Module({
  controllers: [BuyingController, PurchasesController, ReversalsController, OrderAnswersConsumer],
  providers: [
    {
      provide: PurchasesService,
      inject: [Platform],
      useFactory: (platform: Platform) =>
        new PurchasesService({
          platform,
          config: toPurchasesConfig(readSettings(process.env)),
          shipping: shippingOf(platform),
        }),
    },
    {
      provide: PurchasesStreams,
      inject: [PurchasesService],
      useFactory: ({ streams }: PurchasesService) => streams,
    },
    // A provider of its own, so that Nest starts and stops it.
    {
      provide: PurchasesRuntime,
      inject: [PurchasesService],
      useFactory: ({ runtime }: PurchasesService) => runtime,
    },
  ],
})
export class PurchasesModule {}

function shippingOf(platform: Platform): StoredShippingAddresses {
  const db = platform.privateData<ShippingAddressTables>('purchases', 'shipping-addresses');
  // Only an embedded installation has a data folder.
  return isPostgres(db)
    ? new StoredShippingAddresses(db)
    : new StoredShippingAddresses(db, new FormerShippingFiles(platform.dataDir));
}
