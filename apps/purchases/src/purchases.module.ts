import { Module } from '@nestjs/common';
import { readSettings } from '@fidelis/config';
import { Platform, ServiceRuntime } from '@fidelis/service';
import { answersOf, TicketPurchases } from './calls/ticket-purchases';
import { AwaitSettlement } from './commands/await-settlement';
import { BuyProductsCommand } from './commands/buy-products';
import { ExternalPurchases } from './commands/external-purchases';
import { OpenPurchase } from './commands/open-purchase';
import { ReverseOrderCommand } from './commands/reverse-order';
import { BuyingController } from './http/buying.controller';
import { PurchasesController } from './http/purchases.controller';
import { ReversalsController } from './http/reversals.controller';
import { OrderAnswersConsumer } from './inbound/order-answers.consumer';
import { PurchaseProcess } from './processes/purchase.process';
import { endPurchasesInTime, settlePurchases } from './processes/settle-purchases.process';
import { purchaseList } from './projections/purchase-list/purchase-list.projection';
import type { PurchaseListTables } from './projections/purchase-list/purchase-list.table';
import { toPurchasesConfig } from './purchases.config';
import { purchasesFlow } from './purchases.flow';
import { PurchasesStreams } from './purchases.streams';
import { FileShippingAddresses } from './shipping/file-shipping-addresses';

/** Everything of the service, made of what the platform gives. */
class PurchasesService {
  readonly streams: PurchasesStreams;
  readonly buying: BuyProductsCommand;
  readonly external: ExternalPurchases;
  readonly reversals: ReverseOrderCommand;
  readonly settlement: AwaitSettlement;
  readonly runtime: ServiceRuntime<PurchaseListTables>;

  constructor(platform: Platform) {
    const { calls, clock } = platform;
    const config = toPurchasesConfig(readSettings(process.env));
    const shipping = new FileShippingAddresses(platform.dataDir);
    const streams = new PurchasesStreams(platform.eventStore);
    const purchases = new PurchaseProcess(streams, calls);
    const opening = new OpenPurchase(streams, calls);
    this.streams = streams;
    this.buying = new BuyProductsCommand({ calls, opening, shipping, config });
    this.external = new ExternalPurchases({ streams, calls, opening, purchases, config });
    this.reversals = new ReverseOrderCommand(streams, purchases);
    this.settlement = new AwaitSettlement(opening, config);
    this.runtime = new ServiceRuntime({
      flow: purchasesFlow,
      platform,
      answers: answersOf(new TicketPurchases(streams, purchases), shipping),
      projections: [purchaseList],
      processes: [settlePurchases({ purchases, streams, shipping, clock })],
      timers: [endPurchasesInTime(purchases)],
    });
  }
}

const part = <T>(token: new (...args: never[]) => T, pick: (service: PurchasesService) => T) => ({
  provide: token,
  inject: [PurchasesService],
  useFactory: pick,
});

@Module({
  controllers: [BuyingController, PurchasesController, ReversalsController, OrderAnswersConsumer],
  providers: [
    {
      provide: PurchasesService,
      inject: [Platform],
      useFactory: (platform: Platform) => new PurchasesService(platform),
    },
    part(PurchasesStreams, (service) => service.streams),
    part(BuyProductsCommand, (service) => service.buying),
    part(ExternalPurchases, (service) => service.external),
    part(ReverseOrderCommand, (service) => service.reversals),
    part(AwaitSettlement, (service) => service.settlement),
    part(ServiceRuntime<PurchaseListTables>, (service) => service.runtime),
  ],
})
export class PurchasesModule {}
