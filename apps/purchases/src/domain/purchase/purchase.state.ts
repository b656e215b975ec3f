import { assertInvariant, type Aggregate, type Instant } from '@fidelis/kernel';
import { evolveOrder, openOrder, type Order } from './order.state';
import type { OrderShare, PurchaseEvent, PurchaseRequested } from './purchase.events';

type Details = Omit<PurchaseRequested['data'], 'orders' | 'at'>;

/** What every purchase knows, whatever has become of it. */
export interface OpenedPurchase extends Details {
  readonly orders: readonly Order[];
  readonly authorizationId: string;
  readonly requestedAt: Instant;
  /** How often the account could not be asked since the purchase last got on. */
  readonly delays: number;
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
    delays: 0,
    orders: purchase.orders.map((order) => evolveOrder(order, event)),
  };
  const evolver = evolvers[event.type] as
    ((live: LivePurchase, data: object) => LivePurchase) | undefined;
  return evolver === undefined ? live : evolver(live, event.data);
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
    delays: 0,
  };
}

/** What an event says about the purchase as a whole; the orders' own events say nothing here. */
type PurchaseEvolvers = {
  readonly [Type in PurchaseEvent['type']]?: (
    live: LivePurchase,
    data: Extract<PurchaseEvent, { type: Type }>['data'],
  ) => LivePurchase;
};

const evolvers: PurchaseEvolvers = {
  PurchaseAuthorized: (live, { authorizationId, expiresAt }) => ({
    ...live,
    authorizationId,
    expiresAt,
  }),
  OrdersPlaced: (live, { answerBy }) => ({ ...live, answerBy }),
  PurchaseReservedForTicket: (live, { ticket }) => ({ ...live, ticket }),
  PurchaseFreedFromTicket: (live) => withoutTicket(live),
  SettlementDelayed: (live, { attempt }) => ({ ...live, delays: attempt }),
  ConfirmationRequested: (live, settlement) => ({ ...live, phase: 'confirming', settlement }),
  PurchaseConfirmed: (live, settlement) => ({
    ...live,
    phase: 'confirmed',
    settlement,
    settledAt: settlement.at,
  }),
  ReleaseRequested: (live, { outcome }) => ({ ...live, phase: 'releasing', outcome }),
  PurchaseCancelled: (live) => ({ ...live, phase: 'cancelled' }),
  PurchaseFailed: (live) => ({ ...live, phase: 'failed' }),
  PurchaseExpired: (live) => ({ ...live, phase: 'expired' }),
};

function withoutTicket(live: LivePurchase): LivePurchase {
  const { ticket: _ticket, ...rest } = live;
  return rest;
}
