import { assertInvariant } from '@fidelis/kernel';
import { assertPoints, sumPoints } from './points';

/**
 * Splits `total` (≥ 0) over `weights` (≥ 0) by the largest remainder: each part is the exact share
 * rounded down or up, the parts sum to `total`, equal remainders favour the earlier part. Weights
 * that sum to 0 give everything to the first part.
 */
export function splitByLargestRemainder(
  total: number,
  weights: readonly number[],
): readonly number[] {
  assertInvariant(total >= 0 && weights.length > 0, 'nothing to split, or nothing to split over');
  assertInvariant(
    weights.every((weight) => weight >= 0),
    'a negative weight',
  );
  const sum = BigInt(sumPoints(weights));
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? assertPoints(total) : 0));
  const shares = weights.map((weight, index) => {
    const product = BigInt(assertPoints(total)) * BigInt(weight);
    return { index, part: Number(product / sum), remainder: product % sum };
  });
  let left = total - sumPoints(shares.map((share) => share.part));
  const parts = shares.map((share) => share.part);
  for (const { index } of [...shares].sort(byRemainder)) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

interface Share {
  readonly index: number;
  readonly remainder: bigint;
}

function byRemainder(a: Share, b: Share): number {
  if (a.remainder === b.remainder) return a.index - b.index;
  return a.remainder > b.remainder ? -1 : 1;
}
