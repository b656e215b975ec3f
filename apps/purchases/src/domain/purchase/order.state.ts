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

/** What an event says about this order; it is one of the purchase's, or names this one. */
type OrderEvolvers = {
  readonly [Type in PurchaseEvent['type']]?: (
    order: Order,
    data: Extract<PurchaseEvent, { type: Type }>['data'],
  ) => Order;
};

const evolvers: OrderEvolvers = {
  PurchaseAuthorized: (order, { holds }) => {
    const hold = holds.find(({ orderId }) => orderId === order.orderId);
    return { ...order, holdId: hold?.holdId ?? '' };
  },
  OrdersPlaced: (order) => ({ ...order, status: 'requested' }),
  OrderAccepted: (order, data) => ({ ...order, status: 'accepted', ...vendorOrderOf(data) }),
  OrderRefused: (order, data) => ({ ...order, status: 'refused', ...refusalOf(data) }),
  OrderCancellationRequested: (order) => ({ ...order, status: 'cancelling' }),
  OrderCancelled: (order, data) => ({ ...order, status: 'cancelled', ...refusalOf(data) }),
  OrderCancellationRefused: (order, data) => ({
    ...order,
    status: 'payable',
    ...vendorOrderOf(data),
  }),
  LateOrderCaptured: (order, data) => ({ ...paid(order, [data]), exception: true }),
  PurchaseConfirmed: (order, { orders }) => paid(order, orders),
  PurchaseCancelled: ended,
  PurchaseFailed: ended,
  PurchaseExpired: (order) => ({ ...order, status: 'expired' }),
  OrderReversalRequested: (order, { orderId: _orderId, at, ...asked }) => ({
    ...order,
    reversals: [
      ...order.reversals,
      { ...asked, status: 'pending', restoredPoints: 0, requestedAt: at },
    ],
  }),
  OrderReversed: (order, { reversalId, restoredPoints }) => ({
    ...order,
    reversals: order.reversals.map((reversal) =>
      reversal.reversalId === reversalId
        ? { ...reversal, status: 'done', restoredPoints }
        : reversal,
    ),
  }),
  OrderReversalRefused: (order, refused) => ({
    ...order,
    reversals: order.reversals.filter(({ reversalId }) => reversalId !== refused.reversalId),
  }),
};

/** An event of the purchase, as one of its orders sees it. */
export function evolveOrder(order: Order, { type, data }: PurchaseEvent): Order {
  if ('orderId' in data && data.orderId !== order.orderId) return order;
  const evolver = evolvers[type] as ((order: Order, data: object) => Order) | undefined;
  return evolver === undefined ? order : evolver(order, data);
}

function ended(order: Order): Order {
  return order.status === 'authorized' ? { ...order, status: 'cancelled' } : order;
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
