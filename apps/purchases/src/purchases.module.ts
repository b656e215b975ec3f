import { Module } from '@nestjs/common';
import { readSettings } from '@fidelis/config';
import { Platform } from '@fidelis/service';
import { BuyingController } from './http/buying.controller';
import { PurchasesController } from './http/purchases.controller';
import { ReversalsController } from './http/reversals.controller';
import { OrderAnswersConsumer } from './inbound/order-answers.consumer';
import { toPurchasesConfig } from './purchases.config';
import { PurchasesRuntime, PurchasesService } from './purchases.service';
import { PurchasesStreams } from './purchases.streams';
import { FileShippingAddresses } from './shipping/file-shipping-addresses';

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
          shipping: new FileShippingAddresses(platform.dataDir),
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
