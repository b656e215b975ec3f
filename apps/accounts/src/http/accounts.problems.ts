import { commonProblem, defineProblems, notFound, type Problem } from '@fidelis/http';
import type { Rejection } from '@fidelis/kernel';
import type { AccountRejection } from '../domain/account';

type ShownCode = Exclude<AccountRejection['code'], 'account_not_found' | 'not_yet'>;

/** Every "no" of an account with its status; a new code without one does not compile. */
export const accountProblems = defineProblems<ShownCode>({
  account_frozen: 409,
  account_closed: 409,
  unknown_wallet: 422,
  expires_before_available: 422,
  points_limit_exceeded: 422,
  too_many_lots: 422,
  hold_not_active: 409,
  hold_expiry_past: 422,
  capture_exceeds_hold: 422,
  spend_not_found: 404,
  restore_exceeds_spend: 409,
  insufficient_points: 409,
  points_already_redeemed: 409,
});

export const balanceProblems = defineProblems<'instant_in_future' | 'unknown_wallet'>({
  instant_in_future: 422,
  unknown_wallet: 422,
});
export const pointSourceProblems = defineProblems<
  'already_exists' | 'not_supported' | 'unknown_point_source'
>({
  already_exists: 409,
  not_supported: 422,
  unknown_point_source: 422,
});

/** Said by earning, which knows the programmes. */
export const enrolmentProblems = defineProblems<'program_not_found'>({ program_not_found: 404 });

export function problemOf(rejection: Rejection): Problem {
  if (rejection.code === 'account_not_found') return notFound('this account');
  if (rejection.code === 'operation_reused') {
    return commonProblem('idempotency_key_reused', 'this key was used with another content');
  }
  if (isShown(rejection)) return accountProblems.of(rejection);
  return commonProblem('conflict', rejection.detail);
}

function isShown(rejection: Rejection): rejection is Rejection & { readonly code: ShownCode } {
  return Object.hasOwn(accountProblems.statuses, rejection.code);
}

/** Some codes with their statuses, for an endpoint's description. */
export function statusesOf(...codes: readonly ShownCode[]): Record<string, number> {
  return Object.fromEntries(codes.map((code) => [code, accountProblems.statuses[code]]));
}
