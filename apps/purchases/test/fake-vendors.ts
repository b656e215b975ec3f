import {
  GetVendor,
  OrderAnsweredV1,
  OrderCancellationRequestedV1,
  OrderRequestedV1,
  QuoteItems,
  VENDOR_ORDER_EVENTS,
  type VendorTerms,
} from '@fidelis/contracts';
import { Consumes, type DataOf } from '@fidelis/messaging';
import type { MemoryBus } from '@fidelis/messaging-memory';
import { Controller } from '@nestjs/common';
import { answering, type CallTable } from '@fidelis/service-calls';

type Requested = DataOf<typeof OrderRequestedV1>;
type Answer = DataOf<typeof OrderAnsweredV1>['status'];

/** The vendors service, as far as this one sees it. Vendors: `shop`, `lamps`; a lamp costs 4.00. */
export class FakeVendors {
  readonly orders: Requested[] = [];
  readonly cancellations: string[] = [];
  /** What a vendor says at once; absent: nothing. */
  readonly answers = new Map<string, Answer>([
    ['shop', 'accepted'],
    ['lamps', 'accepted'],
  ]);
  readonly vendors = new Map<string, VendorTerms>();
  private bus: MemoryBus | undefined;
  private said = 0;

  constructor() {
    for (const vendorId of ['shop', 'lamps']) {
      this.register({ vendorId, name: vendorId, kind: 'portfolio', commissionBps: 1000 });
    }
    this.register({ vendorId: 'partner', name: 'Partner', kind: 'external', commissionBps: 0 });
  }

  register(vendor: VendorTerms): void {
    this.vendors.set(vendor.vendorId, vendor);
  }

  speakOn(bus: MemoryBus): void {
    this.bus = bus;
  }

  answer(table: CallTable): void {
    table.add(answering(GetVendor, async ({ vendorId }) => this.vendors.get(vendorId) ?? null));
    table.add(
      answering(QuoteItems, async ({ vendorId, items }) => {
        const vendor = this.vendors.get(vendorId);
        if (vendor === undefined) {
          return { ok: false as const, refusal: { code: 'not_found', detail: 'no such vendor' } };
        }
        if (items.some(({ sku }) => sku !== 'lamp')) {
          return { ok: false as const, refusal: { code: 'unknown_sku', detail: 'no such sku' } };
        }
        const priced = items.map((item) => ({ ...item, name: 'Lamp', price: 400 }));
        const amount = priced.reduce((sum, { quantity }) => sum + 400 * quantity, 0);
        return { ok: true as const, value: { vendor, items: priced, amount, currency: 'EUR' } };
      }),
    );
  }

  /** A vendor's word, as the vendors service publishes it. */
  say(order: { purchaseId: string; orderId: string; vendorId: string }, status: Answer): void {
    this.said += 1;
    const { purchaseId, orderId, vendorId } = order;
    this.bus?.publish({
      id: `said-${this.said}`,
      type: OrderAnsweredV1.type,
      source: '/vendors',
      time: '2026-11-23T10:00:00.000Z',
      topic: VENDOR_ORDER_EVENTS,
      key: purchaseId,
      aggregate: `vendorOrder-${orderId}`,
      revision: this.said,
      data: {
        purchaseId,
        orderId,
        vendorId,
        status,
        ...(status === 'accepted' && { vendorOrderId: `V-${orderId}` }),
        answeredAt: '2026-11-23T10:00:00.000Z',
      },
    });
  }
}

/** Hears the public messages that this service publishes. */
@Controller()
export class FakeVendorsConsumer {
  constructor(private readonly vendors: FakeVendors) {}

  @Consumes(OrderRequestedV1, { group: 'vendors.take-orders' })
  async onOrder(order: Requested): Promise<void> {
    this.vendors.orders.push(order);
    const answer = this.vendors.answers.get(order.vendorId);
    if (answer !== undefined) this.vendors.say(order, answer);
  }

  @Consumes(OrderCancellationRequestedV1, { group: 'vendors.take-orders' })
  async onCancellation({ orderId }: { readonly orderId: string }): Promise<void> {
    this.vendors.cancellations.push(orderId);
  }
}
