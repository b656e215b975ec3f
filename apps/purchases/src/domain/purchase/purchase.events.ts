// Stored format of purchase streams: add event types or upcast old ones, never edit.
import type { Instant } from '@fidelis/kernel';
import type { Rate } from './pricing';

export type PurchaseKind = 'internal' | 'external';
export type ReversalKind = 'total' | 'value' | 'quantity' | 'freight';

export interface OrderedItem {
  readonly sku: string;
  readonly quantity: number;
  readonly name?: string;
  /** Minor units a piece; absent: an external order that names no prices. */
  readonly price?: number;
}

/** One order per vendor, as it was asked for. */
export interface OrderTerms {
  readonly orderId: string;
  readonly vendorId: string;
  readonly items: readonly OrderedItem[];
  /** Minor units; part of `amount`. */
  readonly shippingAmount: number;
  readonly points: number;
  readonly amount: number;
  readonly rate: Rate;
  readonly commissionBps: number;
}

export interface OrderShare {
  readonly orderId: string;
  readonly points: number;
  readonly amount: number;
}

/** Whose points pay: what a public message must say, and what no event may have to look up. */
export interface Payer {
  readonly accountId: string;
  readonly programId: string;
  readonly currency: string;
}

export interface PaidShare extends OrderShare {
  readonly vendorId: string;
  /** The operator's part of `amount`. */
  readonly commission: number;
  /** The account's operation that spent the points; reversals name it. */
  readonly operationId: string;
}

export interface Reason {
  readonly code: string;
  readonly text?: string;
}

/** Who buys what, from which account, and what becomes of it when only some vendors accept. */
export interface PurchaseRequested {
  readonly type: 'PurchaseRequested';
  readonly data: {
    readonly purchaseId: string;
    readonly kind: PurchaseKind;
    readonly participantId: string;
    readonly accountId: string;
    readonly programId: string;
    readonly currency: string;
    readonly points: number;
    readonly amount: number;
    readonly orders: readonly OrderTerms[];
    readonly onPartialFailure: 'accept' | 'cancel';
    readonly channel?: string;
    readonly reference?: string;
    readonly at: Instant;
  };
}

/**
 * The account holds the points: one hold per order, so that an order that is paid late, by force,
 * has a hold of its own.
 */
export interface PurchaseAuthorized {
  readonly type: 'PurchaseAuthorized';
  readonly data: {
    readonly authorizationId: string;
    readonly holds: readonly { readonly orderId: string; readonly holdId: string }[];
    readonly expiresAt: Instant;
    readonly at: Instant;
  };
}

/** Every order goes to its vendor, which has until `answerBy`. */
export interface OrdersPlaced {
  readonly type: 'OrdersPlaced';
  readonly data: {
    readonly orders: readonly OrderTerms[];
    readonly currency: string;
    readonly answerBy: Instant;
    readonly at: Instant;
  };
}

export interface OrderAccepted {
  readonly type: 'OrderAccepted';
  readonly data: {
    readonly orderId: string;
    readonly vendorOrderId?: string;
    readonly at: Instant;
  };
}

export interface OrderRefused {
  readonly type: 'OrderRefused';
  readonly data: { readonly orderId: string; readonly reason?: string; readonly at: Instant };
}

export interface OrderCancellationRequested {
  readonly type: 'OrderCancellationRequested';
  readonly data: {
    readonly orderId: string;
    readonly vendorId: string;
    readonly reason: 'no-answer-in-time' | 'partial-failure' | 'purchase-cancelled';
    readonly at: Instant;
  };
}

export interface OrderCancelled {
  readonly type: 'OrderCancelled';
  readonly data: { readonly orderId: string; readonly reason?: string; readonly at: Instant };
}

/** The vendor keeps an order that was given up: it has to be paid. */
export interface OrderCancellationRefused {
  readonly type: 'OrderCancellationRefused';
  readonly data: {
    readonly orderId: string;
    readonly vendorOrderId?: string;
    readonly reason?: string;
    readonly at: Instant;
  };
}

/** Paid after all: a settlement exception. */
export interface LateOrderCaptured {
  readonly type: 'LateOrderCaptured';
  readonly data: PaidShare & { readonly payer: Payer; readonly at: Instant };
}

/** The account is asked to debit; what it answers decides. */
export interface ConfirmationRequested {
  readonly type: 'ConfirmationRequested';
  readonly data: {
    readonly points: number;
    readonly amount: number;
    readonly orders: readonly OrderShare[];
    readonly ticket?: string;
    readonly at: Instant;
  };
}

export interface PurchaseConfirmed {
  readonly type: 'PurchaseConfirmed';
  readonly data: {
    readonly points: number;
    readonly amount: number;
    readonly orders: readonly PaidShare[];
    readonly payer: Payer;
    readonly at: Instant;
  };
}

/** The account is asked to release the holds; then the purchase ends as `outcome`. */
export interface ReleaseRequested {
  readonly type: 'ReleaseRequested';
  readonly data: {
    readonly outcome: 'cancelled' | 'failed';
    readonly reason?: string;
    readonly at: Instant;
  };
}

export interface PurchaseCancelled {
  readonly type: 'PurchaseCancelled';
  readonly data: { readonly at: Instant };
}

/** No vendor accepted anything. */
export interface PurchaseFailed {
  readonly type: 'PurchaseFailed';
  readonly data: { readonly at: Instant };
}

/** Nobody confirmed in time: the hold lapsed. */
export interface PurchaseExpired {
  readonly type: 'PurchaseExpired';
  readonly data: { readonly at: Instant };
}

/** The order's share is set aside at once, so that reversals side by side never exceed it. */
export interface OrderReversalRequested {
  readonly type: 'OrderReversalRequested';
  readonly data: {
    readonly reversalId: string;
    readonly orderId: string;
    readonly kind: ReversalKind;
    readonly points: number;
    readonly amount: number;
    /** Of `amount`, what gives back shipping. */
    readonly freight: number;
    readonly items: readonly { readonly sku: string; readonly quantity: number }[];
    readonly reason: Reason;
    readonly at: Instant;
  };
}

export interface OrderReversed {
  readonly type: 'OrderReversed';
  readonly data: {
    readonly reversalId: string;
    readonly orderId: string;
    readonly vendorId: string;
    readonly payer: Payer;
    readonly restoredPoints: number;
    readonly restoredAmount: number;
    /** The account takes nothing any more (closed); the vendor owes the money all the same. */
    readonly declined: boolean;
    readonly at: Instant;
  };
}

export interface OrderReversalRefused {
  readonly type: 'OrderReversalRefused';
  readonly data: {
    readonly reversalId: string;
    readonly orderId: string;
    readonly code: string;
    readonly at: Instant;
  };
}

/** The account could not be asked, or said what it must not say; it is asked again at `retryAt`. */
export interface SettlementDelayed {
  readonly type: 'SettlementDelayed';
  readonly data: {
    readonly attempt: number;
    readonly reason: string;
    readonly retryAt: Instant;
    readonly at: Instant;
  };
}

export interface PurchaseReservedForTicket {
  readonly type: 'PurchaseReservedForTicket';
  readonly data: { readonly ticket: string; readonly at: Instant };
}

export interface PurchaseFreedFromTicket {
  readonly type: 'PurchaseFreedFromTicket';
  readonly data: { readonly ticket: string; readonly at: Instant };
}

export type OrderAnswerEvent =
  OrderAccepted | OrderRefused | OrderCancelled | OrderCancellationRefused;

export type PurchaseEvent =
  | PurchaseRequested
  | PurchaseAuthorized
  | OrdersPlaced
  | OrderAnswerEvent
  | OrderCancellationRequested
  | LateOrderCaptured
  | ConfirmationRequested
  | PurchaseConfirmed
  | ReleaseRequested
  | PurchaseCancelled
  | PurchaseFailed
  | PurchaseExpired
  | OrderReversalRequested
  | OrderReversed
  | OrderReversalRefused
  | SettlementDelayed
  | PurchaseReservedForTicket
  | PurchaseFreedFromTicket;
