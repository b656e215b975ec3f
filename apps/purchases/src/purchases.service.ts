import type { Kysely } from 'kysely';
import { Platform, RehearsedPlatform, ServiceRuntime } from '@fidelis/service';
import { answersOf, TicketPurchases } from './calls/ticket-purchases';
import { AwaitSettlement } from './commands/await-settlement';
import { BuyProductsCommand } from './commands/buy-products';
import { ExternalPurchases } from './commands/external-purchases';
import { OpenPurchase } from './commands/open-purchase';
import { ReverseOrderCommand } from './commands/reverse-order';
import { PurchaseProcess } from './processes/purchase.process';
import { endPurchasesInTime, settlePurchases } from './processes/settle-purchases.process';
import { purchaseList } from './projections/purchase-list/purchase-list.projection';
import type { PurchaseListTables } from './projections/purchase-list/purchase-list.table';
import type { PurchasesConfig } from './purchases.config';
import { purchasesFlow } from './purchases.flow';
import { PurchasesStreams } from './purchases.streams';
import { RehearsedShipping, type ShippingAddresses } from './shipping/shipping-addresses';

export class PurchasesRuntime extends ServiceRuntime<PurchaseListTables> {}

export interface PurchasesNeeds {
  readonly platform: Platform;
  readonly config: PurchasesConfig;
  readonly shipping: ShippingAddresses;
}

/** The service's parts, put together once: controllers and consumers take what they need of it. */
export class PurchasesService {
  readonly platform: Platform;
  readonly streams: PurchasesStreams;
  readonly products: BuyProductsCommand;
  readonly external: ExternalPurchases;
  readonly reversals: ReverseOrderCommand;
  readonly settlement: AwaitSettlement;
  readonly runtime: PurchasesRuntime;
  readonly readModel: Kysely<PurchaseListTables>;

  constructor(private readonly needs: PurchasesNeeds) {
    const { platform, config, shipping } = needs;
    const { calls, clock } = platform;
    const streams = new PurchasesStreams(platform.eventStore);
    const purchases = new PurchaseProcess(streams, calls);
    const opening = new OpenPurchase(streams, calls);
    this.platform = platform;
    this.streams = streams;
    this.readModel = platform.readModel<PurchaseListTables>('purchases');
    this.products = new BuyProductsCommand({ calls, opening, shipping, config });
    this.external = new ExternalPurchases({ streams, calls, opening, purchases, config });
    this.reversals = new ReverseOrderCommand(streams, purchases);
    this.settlement = new AwaitSettlement(opening, config);
    this.runtime = new PurchasesRuntime({
      flow: purchasesFlow,
      platform,
      answers: answersOf(new TicketPurchases(streams, purchases), shipping),
      projections: [purchaseList],
      processes: [settlePurchases({ purchases, streams, shipping, clock })],
      timers: [endPurchasesInTime(purchases)],
      rehearse: (rehearsed) => this.on(rehearsed),
    });
  }

  /** For one dry run. Vendors hear nothing of it, so nobody waits for them. */
  rehearsal(): PurchasesService {
    return this.on(new RehearsedPlatform(this.platform));
  }

  private on(platform: Platform): PurchasesService {
    const { config, shipping } = this.needs;
    return new PurchasesService({
      platform,
      config: { ...config, purchaseWaitMs: 0 },
      shipping: new RehearsedShipping(shipping),
    });
  }
}
