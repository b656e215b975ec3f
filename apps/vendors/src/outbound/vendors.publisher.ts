import { OrderAnsweredV1, VENDOR_ORDER_EVENTS } from '@fidelis/contracts';
import { definePublisher, outgoing, type DataOf } from '@fidelis/messaging';
import type { OrderAnswer, VendorOrderEvent } from '../domain/vendor-order';

const STATUSES = {
  OrderAccepted: 'accepted',
  OrderRefused: 'refused',
  OrderCancelled: 'cancelled',
  OrderCancellationRefused: 'cancellation-refused',
} as const;

/** What vendors say. Keyed by purchase, so that a purchase hears its vendors in order. */
export const vendorsPublisher = definePublisher({
  service: 'vendors',
  categories: ['vendorOrder'],
  topic: VENDOR_ORDER_EVENTS,
  toMessages: (recorded) => {
    const event = recorded as unknown as VendorOrderEvent;
    switch (event.type) {
      case 'OrderAccepted':
      case 'OrderRefused':
      case 'OrderCancelled':
      case 'OrderCancellationRefused':
        return [
          outgoing(OrderAnsweredV1, {
            key: event.data.purchaseId,
            data: toOrderAnswered(event.data, STATUSES[event.type]),
          }),
        ];
      default:
        return [];
    }
  },
});

function toOrderAnswered(
  { at, ...answer }: OrderAnswer,
  status: DataOf<typeof OrderAnsweredV1>['status'],
): DataOf<typeof OrderAnsweredV1> {
  return { ...answer, status, answeredAt: at };
}
