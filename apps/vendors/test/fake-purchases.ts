import {
  GetProgramTerms,
  GetShippingAddress,
  OrderAnsweredV1,
  OrderCancellationRequestedV1,
  OrderRequestedV1,
  PURCHASE_EVENTS,
  type AccountTerms,
  type MessageContract,
  type ShippingAddress,
} from '@fidelis/contracts';
import { Consumes, type DataOf } from '@fidelis/messaging';
import type { MemoryBus } from '@fidelis/messaging-memory';
import { Controller } from '@nestjs/common';
import { answering, type CallTable } from '@fidelis/service-calls';

type Requested = DataOf<typeof OrderRequestedV1>;

/** The purchases and earning services, as far as this one sees them. */
export class FakePurchases {
  readonly answers: DataOf<typeof OrderAnsweredV1>[] = [];
  readonly addresses = new Map<string, ShippingAddress>();
  private bus: MemoryBus | undefined;
  private said = 0;

  speakOn(bus: MemoryBus): void {
    this.bus = bus;
  }

  answer(table: CallTable): void {
    table.add(
      answering(GetShippingAddress, async ({ purchaseId }) => {
        return this.addresses.get(purchaseId) ?? null;
      }),
    );
    const terms = { programId: 'club', currency: 'EUR', redeem: { points: 3, worth: 100 } };
    const club = { ...(terms as AccountTerms), name: 'Club', tierCodes: [] };
    table.add(
      answering(GetProgramTerms, async ({ programId = 'club' }) =>
        programId === 'club' ? club : null,
      ),
    );
  }

  order(order: Partial<Requested> = {}): void {
    this.say(OrderRequestedV1, {
      purchaseId: 'p1',
      orderId: 'p1.1',
      vendorId: 'shop',
      items: [{ sku: 'lamp', quantity: 2 }],
      amount: 800,
      shippingAmount: 0,
      currency: 'EUR',
      requestedAt: '2026-11-23T10:00:00.000Z',
      answerBy: '2026-11-23T10:10:00.000Z',
      ...order,
    });
  }

  cancel(orderId = 'p1.1', vendorId = 'shop'): void {
    const purchaseId = orderId.split('.')[0] ?? '';
    this.say(OrderCancellationRequestedV1, { purchaseId, orderId, vendorId });
  }

  statusesOf(orderId = 'p1.1'): readonly string[] {
    return this.answers.filter((said) => said.orderId === orderId).map(({ status }) => status);
  }

  private say<Data extends { readonly purchaseId: string }>(
    contract: MessageContract<Data>,
    data: Data,
  ): void {
    this.said += 1;
    this.bus?.publish({
      id: `said-${this.said}`,
      type: contract.type,
      source: '/purchases',
      time: '2026-11-23T10:00:00.000Z',
      topic: PURCHASE_EVENTS,
      key: data.purchaseId,
      aggregate: `purchase-${data.purchaseId}`,
      revision: this.said,
      data,
    });
  }
}

@Controller()
export class FakePurchasesConsumer {
  constructor(private readonly purchases: FakePurchases) {}

  @Consumes(OrderAnsweredV1, { group: 'purchases.record-order-answers' })
  async onAnswer(answer: DataOf<typeof OrderAnsweredV1>): Promise<void> {
    this.purchases.answers.push(answer);
  }
}
