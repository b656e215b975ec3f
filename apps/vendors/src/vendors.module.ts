import { Module } from '@nestjs/common';
import { readSettings } from '@fidelis/config';
import { Platform } from '@fidelis/service';
import { CallbacksController } from './http/callbacks.controller';
import { ProductsController } from './http/products.controller';
import { VendorsController } from './http/vendors.controller';
import { OrdersConsumer } from './inbound/orders.consumer';
import { toVendorsConfig } from './vendors.config';
import { VendorsRuntime } from './vendors.runtime';
import { VendorsService } from './vendors.service';
import { VendorsStreams } from './vendors.streams';

/** `Platform` comes from the host, which has chosen the adapters. */
@Module({
  controllers: [VendorsController, ProductsController, CallbacksController, OrdersConsumer],
  providers: [
    {
      provide: VendorsService,
      inject: [Platform],
      useFactory: (platform: Platform) =>
        new VendorsService(platform, toVendorsConfig(readSettings(process.env))),
    },
    {
      provide: VendorsStreams,
      inject: [VendorsService],
      useFactory: ({ streams }: VendorsService) => streams,
    },
    // A provider of its own, so that Nest starts and stops it.
    {
      provide: VendorsRuntime,
      inject: [VendorsService],
      useFactory: ({ runtime }: VendorsService) => runtime,
    },
  ],
})
export class VendorsModule {}
