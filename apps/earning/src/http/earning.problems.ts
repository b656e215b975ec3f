import { defineProblems, type Problem } from '@fidelis/http';
import { OperationalError } from '@fidelis/kernel';
import type { Refusal } from '@fidelis/contracts';
import type { CampaignRejection } from '../domain/campaign';
import type { ProgramRejection } from '../domain/program';
import type { ReturnRejection, TransactionConflict } from '../domain/transaction';

export const programProblems = defineProblems<
  ProgramRejection['code'] | 'operation_reused' | 'not_found' | 'not_supported'
>({
  already_exists: 409,
  not_found: 404,
  currency_is_fixed: 422,
  lowest_tier_not_zero: 422,
  too_many_tiers: 422,
  duplicate_tier: 422,
  unknown_time_zone: 422,
  unknown_currency: 422,
  invalid_period: 422,
  invalid_duration: 422,
  invalid_expiry: 422,
  invalid_wallet: 422,
  not_supported: 422,
  operation_reused: 422,
});

export const campaignProblems = defineProblems<
  | CampaignRejection['code']
  | 'operation_reused'
  | 'program_not_found'
  | 'not_supported'
  | 'unknown_point_source'
>({
  already_exists: 409,
  not_found: 404,
  campaign_ended: 409,
  invalid_expression: 422,
  invalid_period: 422,
  program_not_found: 422,
  not_supported: 422,
  unknown_point_source: 422,
  operation_reused: 422,
});

/** What is wrong with a ticket in itself, before anybody is asked. */
export type TicketFault =
  'lines_do_not_sum' | 'duplicate_line' | 'tax_exceeds_total' | 'unknown_currency';

type TicketCode =
  | TransactionConflict['code']
  | TicketFault
  | 'participant_not_found'
  | 'participant_required'
  | 'program_not_found'
  | 'ambiguous_program'
  | 'currency_mismatch'
  | 'redemption_exceeds_total';

/** Said by accounts, reward-store and purchases; the ticket passes them on. */
type NeighbourCode =
  | 'insufficient_points'
  | 'account_frozen'
  | 'account_closed'
  | 'account_not_found'
  | 'offer_not_redeemable'
  | 'offer_locked_elsewhere'
  | 'purchase_not_authorized'
  | 'purchase_already_confirmed'
  | 'purchase_expired'
  | 'purchase_reserved'
  | 'limit_reached'
  | 'points_out_of_range'
  | 'points_limit_exceeded'
  | 'not_found';

export const ticketProblems = defineProblems<TicketCode | NeighbourCode>({
  transaction_conflict: 409,
  participant_not_found: 404,
  participant_required: 422,
  program_not_found: 422,
  ambiguous_program: 422,
  currency_mismatch: 422,
  redemption_exceeds_total: 422,
  lines_do_not_sum: 422,
  duplicate_line: 422,
  tax_exceeds_total: 422,
  unknown_currency: 422,
  insufficient_points: 409,
  account_frozen: 409,
  account_closed: 409,
  account_not_found: 409,
  offer_not_redeemable: 409,
  offer_locked_elsewhere: 409,
  purchase_not_authorized: 409,
  purchase_already_confirmed: 409,
  purchase_expired: 409,
  purchase_reserved: 409,
  limit_reached: 409,
  points_out_of_range: 422,
  points_limit_exceeded: 422,
  not_found: 404,
});

export const returnProblems = defineProblems<
  ReturnRejection['code'] | 'points_already_redeemed' | 'ambiguous_transaction'
>({
  not_found: 404,
  return_exceeds_transaction: 422,
  unknown_line: 422,
  return_conflict: 409,
  return_in_progress: 409,
  points_already_redeemed: 409,
  ambiguous_transaction: 409,
});

/** A refusal that crossed services; a code that this door does not know is a fault of ours. */
export function ticketProblem({ code, detail, ...fields }: Refusal): Problem {
  if (!isTicketCode(code)) throw new OperationalError(`a ticket was refused with ${code}`);
  return ticketProblems.problem(code, detail, fields);
}

export function returnProblem({ code, detail, ...fields }: Refusal): Problem {
  if (!isReturnCode(code)) throw new OperationalError(`a return was refused with ${code}`);
  return returnProblems.problem(code, detail, fields);
}

function isTicketCode(code: string): code is TicketCode | NeighbourCode {
  return Object.hasOwn(ticketProblems.statuses, code);
}

function isReturnCode(code: string): code is keyof typeof returnProblems.statuses {
  return Object.hasOwn(returnProblems.statuses, code);
}
