import type { Instant } from '@fidelis/kernel';
import type {
  OrderReversalRequested,
  OrderShare,
  OrderTerms,
  PaidShare,
  PurchaseEvent,
} from './purchase.events';

/**
 * `authorized`: external, the client orders. `requested … cancelled`: internal, as the vendor
 * answers. `payable`: given up, but the vendor keeps it. `confirmed`: paid.
 */
export type OrderStatus =
  | 'authorized'
  | 'requested'
  | 'accepted'
  | 'refused'
  | 'cancelling'
  | 'payable'
  | 'confirmed'
  | 'cancelled'
  | 'expired';

export interface Reversal extends Omit<OrderReversalRequested['data'], 'orderId' | 'at'> {
  readonly status: 'pending' | 'done';
  readonly restoredPoints: number;
  readonly requestedAt: Instant;
}

export interface Order extends OrderTerms {
  readonly status: OrderStatus;
  /** Of exactly the order's points. */
  readonly holdId: string;
  readonly vendorOrderId?: string;
  readonly refusal?: string;
  /** What was paid for it: 0 before the account debited. */
  readonly redeemed: OrderShare;
  /** The account's operation that paid it. */
  readonly paidBy?: string;
  /** Paid although it had been given up. */
  readonly exception: boolean;
  readonly reversals: readonly Reversal[];
}

export function openOrder(terms: OrderTerms): Order {
  return {
    ...terms,
    status: 'authorized',
    holdId: '',
    redeemed: { orderId: terms.orderId, points: 0, amount: 0 },
    exception: false,
    reversals: [],
  };
}

export interface Remaining {
  readonly points: number;
  readonly amount: number;
  /** Of `amount`, at most this is shipping. */
  readonly freight: number;
}

/** Points and money of an order that are still with the vendor. */
export function remainingOf(order: Order): Remaining {
  let { points, amount } = order.redeemed;
  let freight = order.shippingAmount;
  for (const reversal of order.reversals) {
    points -= reversal.points;
    amount -= reversal.amount;
    freight -= reversal.freight;
  }
  return { points, amount, freight };
}

/** An event of the purchase, as one of its orders sees it. */
export function evolveOrder(order: Order, event: PurchaseEvent): Order {
  switch (event.type) {
    case 'PurchaseAuthorized': {
      const hold = event.data.holds.find(({ orderId }) => orderId === order.orderId);
      return { ...order, holdId: hold?.holdId ?? '' };
    }
    case 'OrdersPlaced':
      return { ...order, status: 'requested' };
    case 'PurchaseConfirmed':
      return paid(order, event.data.orders);
    case 'PurchaseCancelled':
    case 'PurchaseFailed':
      return order.status === 'authorized' ? { ...order, status: 'cancelled' } : order;
    case 'PurchaseExpired':
      return { ...order, status: 'expired' };
    default:
      return 'orderId' in event.data && event.data.orderId === order.orderId
        ? evolveNamed(order, event)
        : order;
  }
}

function evolveNamed(order: Order, event: PurchaseEvent): Order {
  switch (event.type) {
    case 'OrderAccepted':
      return { ...order, status: 'accepted', ...vendorOrderOf(event.data) };
    case 'OrderRefused':
      return { ...order, status: 'refused', ...refusalOf(event.data) };
    case 'OrderCancellationRequested':
      return { ...order, status: 'cancelling' };
    case 'OrderCancelled':
      return { ...order, status: 'cancelled', ...refusalOf(event.data) };
    case 'OrderCancellationRefused':
      return { ...order, status: 'payable', ...vendorOrderOf(event.data) };
    case 'LateOrderCaptured':
      return { ...paid(order, [event.data]), exception: true };
    default:
      return evolveReversals(order, event);
  }
}

function evolveReversals(order: Order, event: PurchaseEvent): Order {
  switch (event.type) {
    case 'OrderReversalRequested': {
      const { orderId: _orderId, at, ...asked } = event.data;
      const reversal = { ...asked, status: 'pending', restoredPoints: 0, requestedAt: at } as const;
      return { ...order, reversals: [...order.reversals, reversal] };
    }
    case 'OrderReversed': {
      const { reversalId, restoredPoints } = event.data;
      const reversals = order.reversals.map((reversal) =>
        reversal.reversalId === reversalId
          ? { ...reversal, status: 'done' as const, restoredPoints }
          : reversal,
      );
      return { ...order, reversals };
    }
    case 'OrderReversalRefused': {
      const refused = event.data.reversalId;
      const reversals = order.reversals.filter(({ reversalId }) => reversalId !== refused);
      return { ...order, reversals };
    }
    default:
      return order;
  }
}

function paid(order: Order, shares: readonly PaidShare[]): Order {
  const share = shares.find(({ orderId }) => orderId === order.orderId);
  if (share === undefined) return order;
  const { orderId, points, amount, operationId: paidBy } = share;
  return { ...order, status: 'confirmed', redeemed: { orderId, points, amount }, paidBy };
}

function vendorOrderOf(data: { readonly vendorOrderId?: string }): { vendorOrderId?: string } {
  return data.vendorOrderId === undefined ? {} : { vendorOrderId: data.vendorOrderId };
}

function refusalOf(data: { readonly reason?: string }): { refusal?: string } {
  return data.reason === undefined ? {} : { refusal: data.reason };
}
