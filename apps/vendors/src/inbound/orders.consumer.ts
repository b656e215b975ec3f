import { Controller } from '@nestjs/common';
import { OrderCancellationRequestedV1, OrderRequestedV1 } from '@fidelis/contracts';
import { ContractError } from '@fidelis/kernel';
import { Consumes, type DataOf, type MessageContext } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';
import { receiveOrder, requestCancellation } from '../domain/vendor-order';
import { VendorsStreams } from '../vendors.streams';

const GROUP = { group: 'vendors.take-orders' };

/** Orders and cancellations of purchases. Both are of one group, so they keep their order. */
@Controller()
export class OrdersConsumer {
  constructor(
    private readonly streams: VendorsStreams,
    private readonly platform: Platform,
  ) {}

  @Consumes(OrderRequestedV1, GROUP)
  async place(requested: DataOf<typeof OrderRequestedV1>, message: MessageContext): Promise<void> {
    const now = this.platform.clock.now();
    const { requestedAt: _requestedAt, ...details } = requested;
    const handled = await this.streams.orders.handle({
      id: requested.orderId,
      operation: { id: message.id },
      now,
      decide: (order) => receiveOrder({ ...details, now }, order),
    });
    if (handled.outcome !== 'rejected') await handled.durable;
  }

  @Consumes(OrderCancellationRequestedV1, GROUP)
  async cancel(
    { orderId }: DataOf<typeof OrderCancellationRequestedV1>,
    message: MessageContext,
  ): Promise<void> {
    const now = this.platform.clock.now();
    const handled = await this.streams.orders.handle({
      id: orderId,
      operation: { id: message.id },
      now,
      decide: (order) => requestCancellation({ by: 'purchase', now }, order),
    });
    if (handled.outcome === 'rejected') throw new ContractError(handled.rejection.detail);
    await handled.durable;
  }
}
