import { assertInvariant, assertNever, type Aggregate, type Instant } from '@fidelis/kernel';
import { evolveOrder, openOrder, type Order } from './order.state';
import type { OrderShare, PurchaseEvent, PurchaseRequested } from './purchase.events';

type Details = Omit<PurchaseRequested['data'], 'orders' | 'at'>;

/** What every purchase knows, whatever has become of it. */
export interface OpenedPurchase extends Details {
  readonly orders: readonly Order[];
  readonly authorizationId: string;
  readonly requestedAt: Instant;
  /** When the holds lapse. */
  readonly expiresAt: Instant;
  /** Internal: until when vendors may answer. */
  readonly answerBy?: Instant;
  /** An external purchase that pays a ticket belongs to it until it is confirmed or freed. */
  readonly ticket?: string;
}

interface Settlement {
  readonly points: number;
  readonly amount: number;
  readonly orders: readonly OrderShare[];
}

export type LivePurchase = OpenedPurchase &
  (
    | { readonly phase: 'authorized' }
    | { readonly phase: 'confirming'; readonly settlement: Settlement }
    | { readonly phase: 'releasing'; readonly outcome: 'cancelled' | 'failed' }
    | { readonly phase: 'confirmed'; readonly settlement: Settlement; readonly settledAt: Instant }
    | { readonly phase: 'cancelled' | 'failed' | 'expired' }
  );

export type Purchase = { readonly phase: 'absent' } | LivePurchase;

export const purchaseAggregate: Aggregate<Purchase, PurchaseEvent> = {
  category: 'purchase',
  initial: { phase: 'absent' },
  evolve,
};

function evolve(purchase: Purchase, event: PurchaseEvent): Purchase {
  if (event.type === 'PurchaseRequested') return open(event);
  assertInvariant(purchase.phase !== 'absent', `${event.type} before PurchaseRequested`);
  const live: LivePurchase = {
    ...purchase,
    orders: purchase.orders.map((order) => evolveOrder(order, event)),
  };
  return evolvePhase(live, event);
}

function open({ data }: PurchaseRequested): LivePurchase {
  const { orders, at, ...details } = data;
  return {
    ...details,
    phase: 'authorized',
    orders: orders.map((terms) => openOrder(terms)),
    authorizationId: '',
    requestedAt: at,
    expiresAt: at,
  };
}

type LaterEvent = Exclude<PurchaseEvent, PurchaseRequested>;

function evolvePhase(live: LivePurchase, event: LaterEvent): LivePurchase {
  switch (event.type) {
    case 'PurchaseAuthorized': {
      const { authorizationId, expiresAt } = event.data;
      return { ...live, authorizationId, expiresAt };
    }
    case 'OrdersPlaced':
      return { ...live, answerBy: event.data.answerBy };
    case 'PurchaseReservedForTicket':
      return { ...live, ticket: event.data.ticket };
    case 'PurchaseFreedFromTicket':
      return withoutTicket(live);
    default:
      return evolveEnd(live, event);
  }
}

type EndingEvent = Exclude<
  LaterEvent,
  {
    type:
      | 'PurchaseAuthorized'
      | 'OrdersPlaced'
      | 'PurchaseReservedForTicket'
      | 'PurchaseFreedFromTicket';
  }
>;

function evolveEnd(live: LivePurchase, event: EndingEvent): LivePurchase {
  switch (event.type) {
    case 'ConfirmationRequested':
      return { ...live, phase: 'confirming', settlement: event.data };
    case 'PurchaseConfirmed':
      return { ...live, phase: 'confirmed', settlement: event.data, settledAt: event.data.at };
    case 'ReleaseRequested':
      return { ...live, phase: 'releasing', outcome: event.data.outcome };
    case 'PurchaseCancelled':
      return { ...live, phase: 'cancelled' };
    case 'PurchaseFailed':
      return { ...live, phase: 'failed' };
    case 'PurchaseExpired':
      return { ...live, phase: 'expired' };
    case 'OrderAccepted':
    case 'OrderRefused':
    case 'OrderCancellationRequested':
    case 'OrderCancelled':
    case 'OrderCancellationRefused':
    case 'LateOrderCaptured':
    case 'OrderReversalRequested':
    case 'OrderReversed':
    case 'OrderReversalRefused':
      return live;
    default:
      return assertNever(event);
  }
}

function withoutTicket(live: LivePurchase): LivePurchase {
  const { ticket: _ticket, ...rest } = live;
  return rest;
}
