import type { Instant } from '@fidelis/kernel';
import { defineCall, type Answered, type Operation } from '../call';

const purchaseOf = ({ purchaseId }: { readonly purchaseId: string }): string => purchaseId;

export interface RedeemPurchaseRequest {
  readonly purchaseId: string;
  readonly participantId: string;
  /** The ticket it pays on, `<source>:<transactionId>`. */
  readonly ticket: string;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface RedeemablePurchase {
  readonly purchaseId: string;
  readonly accountId: string;
  readonly points: number;
  readonly amount: number;
  readonly currency: string;
}

/** Reserves an authorized purchase for a ticket. Refusals: `purchase_not_authorized`, … */
export const ReservePurchaseForTicket = defineCall<
  RedeemPurchaseRequest,
  Answered<RedeemablePurchase>
>('purchases', 'reserve-purchase-for-ticket', { about: purchaseOf });

/** Confirms what was reserved, after the ticket was recorded. */
export const ConfirmPurchaseForTicket = defineCall<
  RedeemPurchaseRequest,
  Answered<RedeemablePurchase>
>('purchases', 'confirm-purchase-for-ticket', { about: purchaseOf });

/** The ticket lost: the purchase is free again. */
export const FreePurchaseOfTicket = defineCall<
  RedeemPurchaseRequest,
  Answered<{ readonly purchaseId: string }>
>('purchases', 'free-purchase-of-ticket', { about: purchaseOf });

export interface RestorePurchaseRequest {
  readonly purchaseId: string;
  readonly ticket: string;
  /** Of the ticket: the same one is counted once. */
  readonly returnId: string;
  /** What this return undoes of the payment: points, and minor units of money. */
  readonly points: number;
  readonly amount: number;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface RestoredToPurchase {
  /** Fewer where the vendor's orders were reversed before, or the account takes none any more. */
  readonly restoredPoints: number;
  readonly restoredAmount: number;
}

/**
 * A ticket comes back that a confirmed purchase had paid: its orders are reversed by so much, the
 * points go back to the lots that paid. Refusals: `purchase_not_authorized`, `not_found`.
 */
export const RestorePurchaseOfTicket = defineCall<
  RestorePurchaseRequest,
  Answered<RestoredToPurchase>
>('purchases', 'restore-purchase-of-ticket', { about: purchaseOf });

/** A postal address as the client gave it: personal data, never part of an event or a message. */
export interface ShippingAddress {
  readonly name?: string;
  readonly lines: readonly string[];
  readonly postalCode?: string;
  readonly city?: string;
  readonly region?: string;
  readonly country?: string;
  readonly phone?: string;
  readonly email?: string;
}

/** Where an order goes; `null`: there is no address, or it was erased after the order ended. */
export const GetShippingAddress = defineCall<
  { readonly purchaseId: string },
  ShippingAddress | null
>('purchases', 'get-shipping-address', { about: purchaseOf });
