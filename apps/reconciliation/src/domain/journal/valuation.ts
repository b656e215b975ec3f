import { boundedRatio, POINTS_MAX, type AccountTerms } from '@fidelis/ledger';

/** How finance values a programme's points: the part of its terms that the journal keeps. */
export interface FinanceRate {
  readonly currency: string;
  /** `points` points cost `amount` minor units. */
  readonly amount: number;
  readonly points: number;
}

/** The cost per point that the programme gives, else what a point is worth when it is redeemed. */
export function rateOf(terms: AccountTerms): FinanceRate {
  const cost = terms.finance?.costPerPoint;
  const { currency, redeem } = terms;
  return cost === undefined
    ? { currency, amount: redeem.worth, points: redeem.points }
    : { currency, amount: cost.amount, points: cost.points };
}

/** Half of what can be counted: the way from a debt to a balance can be counted too. */
const VALUE_MAX = Math.floor(POINTS_MAX / 2);

/**
 * What points are worth in minor units, rounded toward zero; at most ±`VALUE_MAX`, however dear new
 * terms make the points that an account has.
 */
export function valueOf(points: number, rate: FinanceRate | undefined): number {
  if (rate === undefined) return 0;
  const { amount: numerator, points: denominator } = rate;
  return boundedRatio(points, { numerator, denominator, bound: VALUE_MAX });
}

/**
 * How the liability changes when an account's total goes from one number to another. The changes of
 * an account add up to the value of its total, so no rounding is ever left behind.
 */
export function valueOfChange(
  change: { readonly before: number; readonly after: number },
  rate: FinanceRate | undefined,
): number {
  return valueOf(change.after, rate) - valueOf(change.before, rate);
}
