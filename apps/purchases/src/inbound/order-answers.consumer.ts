import { Controller } from '@nestjs/common';
import { OrderAnsweredV1 } from '@fidelis/contracts';
import { ContractError, OperationalError, type Clock } from '@fidelis/kernel';
import { Consumes, type DataOf, type MessageContext } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';
import { recordOrderAnswer } from '../domain/purchase';
import { PurchasesStreams } from '../purchases.streams';

/** What vendors say to orders and to cancellations. */
@Controller()
export class OrderAnswersConsumer {
  private readonly clock: Clock;

  constructor(
    private readonly streams: PurchasesStreams,
    platform: Platform,
  ) {
    this.clock = platform.clock;
  }

  @Consumes(OrderAnsweredV1, { group: 'purchases.record-order-answers' })
  async record(answer: DataOf<typeof OrderAnsweredV1>, message: MessageContext): Promise<void> {
    const now = this.clock.now();
    const { purchaseId, orderId, status, vendorOrderId, reason } = answer;
    const command = {
      orderId,
      status,
      ...(vendorOrderId !== undefined && { vendorOrderId }),
      ...(reason !== undefined && { reason }),
      now,
    };
    const handled = await this.streams.purchases.handle({
      id: purchaseId,
      operation: { id: message.id },
      now,
      decide: (purchase) => recordOrderAnswer(command, purchase),
    });
    if (handled.outcome !== 'rejected') return handled.durable;
    const { code, detail } = handled.rejection;
    if (code === 'settlement_under_way') throw new OperationalError(detail);
    throw new ContractError(`${orderId}: ${detail}`);
  }
}
