import { rejected, type Decision, type Rejection } from '@fidelis/kernel';

export interface PurchaseNotFound extends Rejection {
  readonly code: 'not_found';
}

/** Cancelled, failed, of another authorization, or not the client's to confirm. */
export interface PurchaseNotAuthorized extends Rejection {
  readonly code: 'purchase_not_authorized';
  readonly status: string;
}

export interface PurchaseAlreadyConfirmed extends Rejection {
  readonly code: 'purchase_already_confirmed';
}

export interface PurchaseHasExpired extends Rejection {
  readonly code: 'purchase_expired';
}

/** It pays a ticket that is under way. */
export interface PurchaseReserved extends Rejection {
  readonly code: 'purchase_reserved';
}

export interface ConfirmExceedsHold extends Rejection {
  readonly code: 'capture_exceeds_hold';
  readonly available: number;
  readonly requested: number;
}

export interface ReversalExceedsRedemption extends Rejection {
  readonly code: 'reversal_exceeds_redemption';
  readonly available: number;
}

/** The same reversal id with another content. */
export interface ReversalAlreadyExists extends Rejection {
  readonly code: 'already_exists';
}

/** The account is still debiting: the answer must come again in a moment. */
export interface SettlementUnderWay extends Rejection {
  readonly code: 'settlement_under_way';
}

export function notFound(what: string): Decision<never, PurchaseNotFound> {
  return rejected({ code: 'not_found', detail: `no such ${what}` });
}

export function notAuthorized(
  status: string,
  detail: string,
): Decision<never, PurchaseNotAuthorized> {
  return rejected({ code: 'purchase_not_authorized', detail, status });
}

export function alreadyConfirmed(): Decision<never, PurchaseAlreadyConfirmed> {
  return rejected({
    code: 'purchase_already_confirmed',
    detail: 'the purchase is confirmed; only its orders can be reversed',
  });
}

export function hasExpired(): Decision<never, PurchaseHasExpired> {
  return rejected({ code: 'purchase_expired', detail: 'nobody confirmed it in time' });
}

export function reserved(ticket: string): Decision<never, PurchaseReserved> {
  return rejected({ code: 'purchase_reserved', detail: `it pays the ticket ${ticket}` });
}
