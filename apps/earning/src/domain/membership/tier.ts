import type { Instant } from '@fidelis/kernel';
import { dayOf, startOfDay } from '@fidelis/ledger';
import type { ProgramTerms, Tier } from '../program';
import { spendInWindow, windowEnd, type Spend } from './spend';

/** Where a member stands: the tier, since when, and the latest instant that was looked at. */
export interface Standing {
  readonly tier: string;
  readonly tierSince: Instant;
  readonly assessedAt: Instant;
  readonly spend: Spend;
}

export interface TierHeld {
  readonly tier: string;
  readonly tierSince: Instant;
}

/**
 * The tier held at `instant` with this spend: what the window's spend earns, or more where
 * `downgrade` lets the member keep it. Looks never back behind what was assessed before.
 */
export function tierHeldAt(standing: Standing, terms: ProgramTerms, instant: Instant): TierHeld {
  const at = later(instant, standing.assessedAt);
  const earned = earnedLevel(standing.spend, terms, at);
  const current = terms.tiers.findIndex((tier) => tier.code === standing.tier);
  if (current === earned) return standing;
  if (current < earned) return { tier: codeOf(terms.tiers, earned), tierSince: at };
  switch (terms.tierPolicy.downgrade) {
    case 'none':
      return standing;
    case 'to-level':
      return { tier: codeOf(terms.tiers, earned), tierSince: at };
    case 'one-level':
      return stepDown(standing, terms, { current, earned, at });
  }
}

/** The tier that this spend earns by itself, whatever was held: after a return. */
export function tierEarnedAt(standing: Standing, terms: ProgramTerms, instant: Instant): TierHeld {
  const at = later(instant, standing.assessedAt);
  const tier = codeOf(terms.tiers, earnedLevel(standing.spend, terms, at));
  return tier === standing.tier ? standing : { tier, tierSince: at };
}

export function tierOf(terms: ProgramTerms, code: string): Tier {
  const tier = terms.tiers.find((candidate) => candidate.code === code) ?? terms.tiers[0];
  if (tier === undefined) throw new RangeError('a programme has at least one tier');
  return tier;
}

function earnedLevel(spend: Spend, terms: ProgramTerms, instant: Instant): number {
  const { tiers, tierPolicy, timeZone } = terms;
  if (tiers.length === 1) return 0;
  const spent = spendInWindow(spend, tierPolicy.window, { instant, timeZone });
  return Math.max(
    0,
    tiers.findLastIndex((tier) => tier.threshold <= spent),
  );
}

/** One level down for each window that ran out since the tier was reached. */
function stepDown(
  { tierSince }: Standing,
  { tiers, tierPolicy, timeZone }: ProgramTerms,
  { current, earned, at }: { current: number; earned: number; at: Instant },
): TierHeld {
  let level = current;
  let since = tierSince;
  while (level > earned) {
    const end = startOfDay(windowEnd(dayOf(since, timeZone), tierPolicy.window), timeZone);
    if (end > at) break;
    level -= 1;
    since = end;
  }
  return { tier: codeOf(tiers, level), tierSince: since };
}

function codeOf(tiers: readonly Tier[], level: number): string {
  return tiers[level]?.code ?? '';
}

function later(left: Instant, right: Instant): Instant {
  return left > right ? left : right;
}
