// Stored format of vendor order streams: add event types or upcast old ones, never edit.
import type { Instant } from '@fidelis/kernel';

export interface ItemCount {
  readonly sku: string;
  readonly quantity: number;
}

/** What names an order in every public message. */
export interface OrderKey {
  readonly orderId: string;
  readonly purchaseId: string;
  readonly vendorId: string;
}

export interface OrderReceived {
  readonly type: 'OrderReceived';
  readonly data: OrderKey & {
    readonly items: readonly ItemCount[];
    /** Minor units, shipping included. */
    readonly amount: number;
    readonly shippingAmount: number;
    readonly currency: string;
    /** After this instant an unanswered order is cancelled at the vendor. */
    readonly answerBy: Instant;
    readonly at: Instant;
  };
}

/** Counted stock is set aside; `items`: what was counted, and goes back if the order fails. */
export interface StockSecured {
  readonly type: 'StockSecured';
  readonly data: { readonly items: readonly ItemCount[]; readonly at: Instant };
}

/**
 * The vendor is about to be asked. When nothing else is recorded until `retryAt` (a crash, an
 * answer that was lost), it is asked again.
 */
export interface PlacementAttempted {
  readonly type: 'PlacementAttempted';
  readonly data: { readonly attempt: number; readonly retryAt: Instant; readonly at: Instant };
}

/** The vendor could not be asked, or did not answer; it is asked again at `retryAt`. */
export interface PlacementFailed {
  readonly type: 'PlacementFailed';
  readonly data: FailedAttempt;
}

interface FailedAttempt {
  readonly attempt: number;
  readonly reason: string;
  readonly retryAt: Instant;
  readonly at: Instant;
}

/** The vendor has the order and answers later, by a callback. */
export interface OrderAcknowledged {
  readonly type: 'OrderAcknowledged';
  readonly data: { readonly vendorOrderId?: string; readonly at: Instant };
}

export interface OrderAnswer extends OrderKey {
  readonly vendorOrderId?: string;
  readonly reason?: string;
  readonly at: Instant;
}

export interface OrderAccepted {
  readonly type: 'OrderAccepted';
  readonly data: OrderAnswer;
}

export interface OrderRefused {
  readonly type: 'OrderRefused';
  readonly data: OrderAnswer;
}

export interface CancellationRequested {
  readonly type: 'CancellationRequested';
  readonly data: {
    readonly by: 'purchase' | 'time-limit' | 'late-acceptance';
    readonly at: Instant;
  };
}

export interface CancellationAttempted {
  readonly type: 'CancellationAttempted';
  readonly data: { readonly attempt: number; readonly retryAt: Instant; readonly at: Instant };
}

export interface CancellationFailed {
  readonly type: 'CancellationFailed';
  readonly data: FailedAttempt;
}

export interface OrderCancelled {
  readonly type: 'OrderCancelled';
  readonly data: OrderAnswer;
}

/** The vendor keeps the order: it has to be paid. */
export interface OrderCancellationRefused {
  readonly type: 'OrderCancellationRefused';
  readonly data: OrderAnswer;
}

export interface StockGivenBack {
  readonly type: 'StockGivenBack';
  readonly data: { readonly at: Instant };
}

export type VendorOrderEvent =
  | OrderReceived
  | StockSecured
  | PlacementAttempted
  | PlacementFailed
  | OrderAcknowledged
  | OrderAccepted
  | OrderRefused
  | CancellationRequested
  | CancellationAttempted
  | CancellationFailed
  | OrderCancelled
  | OrderCancellationRefused
  | StockGivenBack;
