import type { Answered, ShippingAddress } from '@fidelis/contracts';
import type { OperationRef } from '@fidelis/aggregates';
import { addMs, type Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { LivePurchase } from '../domain/purchase';
import type { PurchasesConfig } from '../purchases.config';
import type { ShippingAddresses } from '../shipping/shipping-addresses';
import { no } from './answers';
import { draftInternal, type BuyProducts } from './draft-internal';
import type { OpenPurchase } from './open-purchase';
import { purchaseIdOf, type PurchaseDraft } from './purchase-draft';

export interface Cart extends BuyProducts {
  readonly shipTo?: ShippingAddress;
}

interface When {
  readonly operation: OperationRef;
  readonly now: Instant;
}

interface BuyingNeeds {
  readonly calls: ServiceCalls;
  readonly opening: OpenPurchase;
  readonly shipping: ShippingAddresses;
  readonly config: PurchasesConfig;
}

/** Internal purchases: Fidelis orders at the vendors and pays them. */
export class BuyProductsCommand {
  constructor(private readonly needs: BuyingNeeds) {}

  /** Held and recorded; the orders are on their way. */
  async buy(cart: Cart, { operation, now }: When): Promise<Answered<LivePurchase>> {
    const purchaseId = purchaseIdOf(operation.id);
    const known = await this.needs.opening.find(purchaseId, operation);
    if (known !== undefined) return known;
    const drafted = await this.draft(cart, { operation, now });
    if (!drafted.ok) return drafted;
    if (cart.shipTo !== undefined) await this.needs.shipping.keep(purchaseId, cart.shipTo);
    const answerBy = addMs(now, this.needs.config.orderAnswerMs);
    const expiresAt = addMs(answerBy, this.needs.config.holdMarginMs);
    const draft = drafted.value;
    const opened = await this.needs.opening.open({ draft, operation, expiresAt, answerBy, now });
    if (!opened.ok) await this.needs.shipping.erase(purchaseId);
    return opened;
  }

  /** What the cart costs; also the whole answer of a dry run. */
  draft(cart: Cart, { operation, now }: When): Promise<Answered<PurchaseDraft>> {
    const once = new Set(cart.orders.map(({ vendorId }) => vendorId));
    if (once.size < cart.orders.length) {
      const detail = 'a purchase holds one order per vendor';
      return Promise.resolve(no({ code: 'duplicate_vendor', detail }));
    }
    return draftInternal(this.needs.calls, cart, { operationId: operation.id, now });
  }
}
