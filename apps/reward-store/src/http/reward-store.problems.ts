import { defineProblems } from '@fidelis/http';
import type { PurchaseCode } from '../commands/buy-offer';
import type { IssuedOfferRejection, IssueDeclined } from '../domain/issued-offer';
import type { OfferRejection } from '../domain/offer';
import type { StoreRejection } from '../domain/store';

export const offerProblems = defineProblems<
  OfferRejection['code'] | StoreRejection['code'] | 'operation_reused' | 'program_not_found'
>({
  already_exists: 409,
  not_found: 404,
  offer_is_listed: 409,
  operation_reused: 422,
  program_not_found: 422,
});

export const accessProblems = defineProblems<'invalid_expression'>({ invalid_expression: 422 });

export const purchaseProblems = defineProblems<PurchaseCode>({
  not_found: 404,
  participant_not_found: 404,
  store_closed: 409,
  not_eligible: 403,
  offer_not_issuable: 409,
  out_of_stock: 409,
  limit_reached: 409,
  insufficient_points: 409,
  points_out_of_range: 422,
  account_frozen: 409,
  account_closed: 409,
  offer_purchase_expired: 409,
});

export const issueProblems = defineProblems<IssueDeclined['code'] | 'participant_not_found'>({
  not_found: 404,
  participant_not_found: 404,
  out_of_stock: 409,
  limit_reached: 409,
  offer_not_issuable: 409,
});

export const useProblems = defineProblems<IssuedOfferRejection['code'] | 'operation_reused'>({
  operation_reused: 422,
  not_found: 404,
  offer_locked_elsewhere: 409,
  offer_not_redeemable: 409,
});
