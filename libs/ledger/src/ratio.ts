import { Defect } from '@fidelis/kernel';
import { assertPoints, POINTS_MAX } from './points';

export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * `value × numerator / denominator`, exact, rounded toward zero. Points for an amount at `points`
 * per `per` minor units: `floorRatio(amount, points, per)`. Throws Defect outside ±(2^53 - 1).
 */
export function floorRatio(value: number, numerator: number, denominator: number): number {
  const product = value * numerator;
  if (Number.isSafeInteger(product)) return withoutMinusZero(truncate(product, denominator));
  return toNumber(exactProduct(value, numerator) / divisor(denominator));
}

/**
 * The same, but ends at ±`bound` instead of refusing what is beyond: for what a rate makes of points
 * that were counted already, where any rate that the API takes must have an answer.
 */
export function boundedRatio(
  value: number,
  { numerator, denominator, bound = POINTS_MAX }: Ratio & { readonly bound?: number },
): number {
  const product = value * numerator;
  const exact = Number.isSafeInteger(product)
    ? withoutMinusZero(truncate(product, denominator))
    : exactProduct(value, numerator) / divisor(denominator);
  if (exact > bound) return bound;
  return exact < -bound ? -bound : Number(exact);
}

/** The same, rounded away from zero: points that pay an amount are rounded up. */
export function ceilRatio(value: number, numerator: number, denominator: number): number {
  const product = exactProduct(value, numerator);
  const by = divisor(denominator);
  const quotient = product / by;
  if (quotient * by === product) return toNumber(quotient);
  return toNumber(product < 0n ? quotient - 1n : quotient + 1n);
}

/** Compares `a / b` with `c / d` exactly, for positive `b` and `d`: negative, 0 or positive. */
export function compareRatios(left: Ratio, right: Ratio): number {
  const difference =
    exactProduct(left.numerator, right.denominator) -
    exactProduct(right.numerator, left.denominator);
  return Number(difference > 0n) - Number(difference < 0n);
}

function truncate(product: number, denominator: number): number {
  if (assertPoints(denominator) <= 0) throw new Defect(`a ratio per ${denominator} has no meaning`);
  // The remainder of two safe integers is exact, so the division that follows is too.
  return (product - (product % denominator)) / denominator;
}

function exactProduct(left: number, right: number): bigint {
  return BigInt(assertPoints(left)) * BigInt(assertPoints(right));
}

function divisor(denominator: number): bigint {
  if (assertPoints(denominator) <= 0) throw new Defect(`a ratio per ${denominator} has no meaning`);
  return BigInt(denominator);
}

function toNumber(value: bigint): number {
  return assertPoints(Number(value));
}

function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}
