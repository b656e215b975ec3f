// Stored format: add fields or upcast, never edit what is here.
import type { Instant, JsonObject } from '@fidelis/kernel';

export interface TransactionLine {
  readonly lineId: string;
  readonly sku?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly labels?: readonly string[];
  readonly quantity: number;
  readonly unitPrice?: number;
  /** Minor units, after every discount; may be negative, like the quantity. */
  readonly amount: number;
  readonly discount?: number;
}

/** Points that pay on this ticket: held before it was recorded, captured after. */
export interface Redemption {
  readonly kind: 'hold' | 'purchase';
  /** The hold's or the purchase's id. */
  readonly redemptionId: string;
  readonly accountId: string;
  readonly points: number;
  /** Minor units of the ticket's currency. */
  readonly amount: number;
  readonly currency: string;
  readonly expenseAccount?: string;
  readonly costCentre?: string;
}

export interface OfferOnTicket {
  readonly issuedOfferId: string;
  readonly discount?: number;
}

/** A ticket as it was sent, its participant resolved to our id. */
export interface TransactionRecorded {
  readonly type: 'TransactionRecorded';
  readonly data: {
    /** `<source>:<transaction id, percent-encoded>`. */
    readonly ticket: string;
    readonly source: string;
    readonly transactionId: string;
    /** Absent: an anonymous ticket. */
    readonly participantId?: string;
    readonly storeId?: string;
    readonly channel?: string;
    readonly occurredAt: Instant;
    readonly currency: string;
    readonly total: number;
    readonly taxTotal: number;
    readonly lines: readonly TransactionLine[];
    readonly attributes?: JsonObject;
    /** The memberships that this ticket is evaluated for. */
    readonly memberships: readonly { readonly programId: string; readonly accountId: string }[];
    readonly redemption?: Redemption;
    readonly offers?: readonly OfferOnTicket[];
  };
}

export interface ReturnedLine {
  readonly lineId: string;
  readonly quantity: number;
  readonly amount: number;
}

/** Begins a return or a cancellation; visible when it was accepted. One at a time. */
export interface ReturnRequested {
  readonly type: 'ReturnRequested';
  readonly data: {
    readonly ticket: string;
    /** The client's id; of a cancellation: `cancel`. */
    readonly returnId: string;
    readonly kind: 'full' | 'lines' | 'amount' | 'cancel';
    /** Tells whether the same id says the same when it is sent again. */
    readonly contentHash: string;
    /** How often this return was refused before. */
    readonly attempt: number;
    readonly amount: number;
    readonly lines?: readonly ReturnedLine[];
    readonly occurredAt: Instant;
    readonly reason?: string;
    readonly reinstateOffers?: boolean;
  };
}

/** What a return took back in one programme. */
export interface ReversalOfReturn {
  readonly accountId: string;
  readonly programId: string;
  readonly reversedPoints: number;
  readonly forgivenPoints: number;
  /** Taken back per point source, forgiven ones included: later returns count on. */
  readonly bySource: readonly { readonly pointSource: string; readonly points: number }[];
  readonly tier: string;
  readonly tierBefore: string;
}

export interface ReturnAccepted {
  readonly type: 'ReturnAccepted';
  readonly data: {
    readonly returnId: string;
    readonly kind: ReturnRequested['data']['kind'];
    readonly contentHash: string;
    readonly amount: number;
    readonly occurredAt: Instant;
    readonly reversals: readonly ReversalOfReturn[];
    readonly restoredPoints: number;
    readonly reinstatedOffers?: readonly string[];
  };
}

export interface ReturnRefused {
  readonly type: 'ReturnRefused';
  readonly data: {
    readonly returnId: string;
    readonly kind: ReturnRequested['data']['kind'];
    readonly attempt: number;
    readonly code: string;
    readonly detail: string;
  };
}

export type TransactionEvent =
  TransactionRecorded | ReturnRequested | ReturnAccepted | ReturnRefused;
