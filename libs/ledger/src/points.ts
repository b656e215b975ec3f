import { Defect } from '@fidelis/kernel';

/** The bound of points and money: beyond it a JSON number is not exact any more (2^53 - 1). */
export const POINTS_MAX = Number.MAX_SAFE_INTEGER;

/** Is `value` a count of points (or of minor units): an integer within ±(2^53 - 1)? */
export function isPoints(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Throws Defect: a count outside the bound reached the ledger past every check at the edge. */
export function assertPoints(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Defect(`${value} is not a count of points`);
  return value;
}

/** The exact sum. Throws Defect when it, or a partial sum on the way, leaves the bound. */
export function sumPoints(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum = assertPoints(sum + assertPoints(value));
  return sum;
}
