import { floorRatio } from '@fidelis/ledger';
import { pointsFor } from './award';
import type { Contribution, TicketAwarded } from './membership.events';

/** What stays of an award after returns of together `returned` out of the ticket's total. */
export interface Remainder {
  readonly points: number;
  readonly measured: number;
  readonly bySource: ReadonlyMap<string, number>;
}

type Award = Pick<
  TicketAwarded['data'],
  'total' | 'untaxed' | 'paidWithPoints' | 'eligible' | 'measured' | 'contributions'
>;

/**
 * What stays depends on the sum of the returns alone, not on their number or order, so that many
 * partial returns take back exactly what one full return takes back. `returned` ≤ total; where the
 * total is 0 any return undoes everything.
 */
export function remainderOf(award: Award, returned: number): Remainder {
  const { paidWithPoints, measured, eligible } = award;
  const left = remainingEligible(award, returned);
  const bySource = new Map<string, number>();
  let points = 0;
  for (const contribution of award.contributions) {
    const kept = keptOf(contribution, award, { returned, left });
    points += kept;
    const { pointSource } = contribution;
    bySource.set(pointSource, (bySource.get(pointSource) ?? 0) + kept);
  }
  // Gross: the money paid with points counts as spend too, and falls by its own share.
  const paidLeft = paidWithPoints - moneyUndone(award, returned);
  const countsPaid = measured > eligible;
  const measuredLeft = measured === 0 ? 0 : left + (countsPaid ? paidLeft : 0);
  return { points, measured: award.total === 0 ? 0 : measuredLeft, bySource };
}

/** `floor(P × R / T)`: of the money paid with points, what returns of `returned` undo. */
export function moneyUndone(
  { total, paidWithPoints }: { readonly total: number; readonly paidWithPoints: number },
  returned: number,
): number {
  return total === 0 ? paidWithPoints : floorRatio(paidWithPoints, returned, total);
}

/** `floor(points × R / T)`: points of a redemption that are restored in all. */
export function pointsRestored(
  { total, points }: { readonly total: number; readonly points: number },
  returned: number,
): number {
  return total === 0 ? points : floorRatio(points, returned, total);
}

/** `eligible − (R − floor(P × R / T))`, less R's share of tax where tax does not earn; ≥ 0. */
function remainingEligible(award: Award, returned: number): number {
  const { total, untaxed, eligible } = award;
  if (total === 0) return 0;
  const taxShare = floorRatio(untaxed, returned, total);
  return Math.max(0, eligible - (returned - taxShare - moneyUndone(award, returned)));
}

function keptOf(
  contribution: Contribution,
  { total, eligible }: Award,
  { returned, left }: { readonly returned: number; readonly left: number },
): number {
  const { rate, awarded } = contribution;
  if (total === 0) return 0;
  if (rate !== undefined) return Math.min(awarded, pointsFor(left, rate));
  if (eligible === 0) return floorRatio(awarded, total - returned, total);
  return floorRatio(awarded, left, eligible);
}
