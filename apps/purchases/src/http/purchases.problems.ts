import type { Refusal } from '@fidelis/contracts';
import { commonProblem, defineProblems, type Problem } from '@fidelis/http';
import type {
  CancelRejection,
  ConfirmRejection,
  ReversalRejection,
  VendorLimitExceeded,
} from '../domain/purchase';

type OwnCode =
  | ConfirmRejection['code']
  | CancelRejection['code']
  | ReversalRejection['code']
  | VendorLimitExceeded['code'];

type OpeningCode =
  | 'participant_not_found'
  | 'account_not_found'
  | 'vendor_not_found'
  | 'program_required'
  | 'vendor_not_portfolio'
  | 'duplicate_vendor'
  | 'currency_mismatch'
  | 'amount_out_of_range'
  | 'unknown_sku'
  | 'price_or_stock_changed'
  | 'insufficient_points'
  | 'account_frozen'
  | 'account_closed'
  | 'hold_not_active'
  | 'reversal_refused'
  | 'idempotency_key_reused'
  | 'operation_reused';

export const purchasesProblems = defineProblems<OwnCode | OpeningCode>({
  not_found: 404,
  participant_not_found: 404,
  account_not_found: 404,
  vendor_not_found: 404,
  program_required: 422,
  vendor_not_portfolio: 422,
  duplicate_vendor: 422,
  currency_mismatch: 422,
  amount_out_of_range: 422,
  unknown_sku: 422,
  price_or_stock_changed: 422,
  vendor_limit_exceeded: 422,
  capture_exceeds_hold: 422,
  idempotency_key_reused: 422,
  operation_reused: 422,
  insufficient_points: 409,
  account_frozen: 409,
  account_closed: 409,
  hold_not_active: 409,
  purchase_not_authorized: 409,
  purchase_already_confirmed: 409,
  purchase_expired: 409,
  purchase_reserved: 409,
  reversal_exceeds_redemption: 409,
  reversal_refused: 409,
  already_exists: 409,
});

/** A refusal may come from another service with a code that this one does not know: a conflict. */
export function problemOf({ code, detail, ...fields }: Refusal): Problem {
  return isKnown(code)
    ? purchasesProblems.problem(code, detail, fields)
    : commonProblem('conflict', detail, { fields: { reason: code } });
}

function isKnown(code: string): code is OwnCode | OpeningCode {
  return Object.hasOwn(purchasesProblems.statuses, code);
}
