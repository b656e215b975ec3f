import { derivedId, type Day, type Instant, type Mutable } from '@fidelis/kernel';
import {
  addToDay,
  boundedRatio,
  dayOf,
  parseDuration,
  POINTS_MAX,
  resolveGrantDates,
  type Grant,
} from '@fidelis/ledger';
import type { CampaignRule } from '../campaign';
import { isValidAt, type EarnRate, type ProgramVersion } from '../program';
import { applyCampaigns } from './campaign-effects';
import type { AwardedOffer, Contribution, TicketAwarded } from './membership.events';
import type { OpenMembership } from './membership.state';
import { addSpend, isRolling } from './spend';
import { tierHeldAt, tierOf, type TierHeld } from './tier';

/** What a programme must know of a ticket to reward it. */
export interface TicketToAward {
  /** `<source>:<transaction id, percent-encoded>`. */
  readonly ticket: string;
  readonly transactionId: string;
  readonly occurredAt: Instant;
  /** Minor units; 0 ≤ tax ≤ total, 0 ≤ paid with points ≤ total. */
  readonly total: number;
  readonly taxTotal: number;
  readonly paidWithPoints: number;
}

export interface AwardTicket {
  readonly ticket: TicketToAward;
  /** The version in force when the ticket happened. */
  readonly program: ProgramVersion;
  /** The programme's campaigns that run, by priority. */
  readonly campaigns: readonly CampaignRule[];
  readonly now: Instant;
}

type Award = TicketAwarded['data'];

/**
 * What a ticket earns: `eligible = total (less tax where tax does not earn) − paid with points`;
 * the tier is chosen with the spend before and this ticket's measured amount, so the tier reached
 * by this very ticket decides its rate; points are rounded down once per rule.
 */
export function awardOf(command: AwardTicket, membership: OpenMembership): Award {
  const { ticket, program, now } = command;
  const { terms } = program;
  if (!isValidAt(program, ticket.occurredAt)) {
    return recorded(command, membership, outsideValidity(command, membership));
  }
  const day = dayOf(ticket.occurredAt, terms.timeZone);
  const { eligible, measured } = amountsOf(ticket, program);
  const keepsDaysFrom = daysKeptFrom(terms.tierPolicy.window, day);
  const spend = addSpend(membership.spend, { amount: measured, day, keepsDaysFrom });
  const { tierSince, assessedAt } = membership;
  const standing = { tier: membership.tier, tierSince, assessedAt, spend };
  const at = ticket.occurredAt > now ? now : ticket.occurredAt;
  const held = tierHeldAt(standing, terms, at);
  const earned = earningsOf(command, membership, { tier: held.tier, eligible, day });
  return recorded(command, membership, { earned, held, eligible, measured, day, keepsDaysFrom });
}

interface Outcome {
  readonly earned: Earnings;
  readonly held: TierHeld;
  readonly eligible: number;
  readonly measured: number;
  readonly day: Day;
  readonly keepsDaysFrom: Day | undefined;
}

/** Written in one piece: this is made for every ticket, and copies of it cost more than the rest. */
function recorded(
  { ticket, program, now }: AwardTicket,
  membership: OpenMembership,
  outcome: Outcome,
): Award {
  const { occurredAt } = ticket;
  const { earned, keepsDaysFrom, held } = outcome;
  const award: Mutable<Award> = {
    sequence: membership.sequence + 1,
    ticket: ticket.ticket,
    transactionId: ticket.transactionId,
    occurredAt,
    programVersion: program.version,
    total: ticket.total,
    untaxed: untaxedOf(ticket, program),
    paidWithPoints: ticket.paidWithPoints,
    eligible: outcome.eligible,
    measured: outcome.measured,
    day: outcome.day,
    tier: held.tier,
    tierBefore: membership.tier,
    tierSince: held.tierSince,
    points: earned.points,
    grants: earned.grants,
    contributions: earned.contributions,
    skipped: earned.skipped,
    offers: earned.offers,
  };
  if (occurredAt > now) award.assessedAt = now;
  if (keepsDaysFrom !== undefined) award.keepsDaysFrom = keepsDaysFrom;
  return award;
}

/** `base` at `points` per `per`, rounded down; more than the ledger counts ends at its bound. */
export function pointsFor(base: number, { points, per }: EarnRate): number {
  return base <= 0 ? 0 : boundedRatio(base, { numerator: points, denominator: per });
}

function untaxedOf({ taxTotal }: TicketToAward, { terms }: ProgramVersion): number {
  return terms.earnOn === 'net-of-tax' ? taxTotal : 0;
}

function amountsOf(
  ticket: TicketToAward,
  program: ProgramVersion,
): { readonly eligible: number; readonly measured: number } {
  const { total, paidWithPoints } = ticket;
  const eligible = Math.max(0, total - untaxedOf(ticket, program) - paidWithPoints);
  const isGross = program.terms.tierPolicy.measure === 'gross';
  return { eligible, measured: isGross ? eligible + paidWithPoints : eligible };
}

/** Neither points nor spend; the tier stays as it is. */
function outsideValidity({ ticket, program }: AwardTicket, membership: OpenMembership): Outcome {
  const { tier, tierSince } = membership;
  return {
    earned: {
      points: 0,
      grants: [],
      contributions: [],
      skipped: [{ rule: `tier:${tier}`, reason: 'outside_validity' }],
      offers: [],
    },
    held: { tier, tierSince },
    eligible: amountsOf(ticket, program).eligible,
    measured: 0,
    day: dayOf(ticket.occurredAt, program.terms.timeZone),
    keepsDaysFrom: undefined,
  };
}

/** Twice the window, so that the tier of yesterday can still be told. */
function daysKeptFrom(window: string, day: Day): Day | undefined {
  if (!isRolling(window)) return undefined;
  const { months, days } = parseDuration(window);
  return addToDay(day, { months: -2 * months, days: -2 * days - 1 });
}

type Earnings = Pick<Award, 'points' | 'grants' | 'contributions' | 'skipped' | 'offers'>;

function earningsOf(
  command: AwardTicket,
  membership: OpenMembership,
  { tier, eligible, day }: { tier: string; eligible: number; day: Day },
): Earnings {
  const { program, campaigns } = command;
  const rule = `tier:${tier}`;
  const { earn, earnOffers } = tierOf(program.terms, tier);
  const desired = pointsFor(eligible, earn);
  const byTier: Contribution = {
    rule,
    version: program.version,
    base: eligible,
    desired,
    awarded: desired,
    rate: earn,
    pointSource: 'default',
  };
  const offers: AwardedOffer[] = [];
  for (const { offerId, minAmount } of earnOffers) {
    if (eligible >= minAmount) offers.push(offerOf(command, membership, { offerId, rule }));
  }
  if (campaigns.length === 0) {
    const grants = grantsOf(command, [byTier]);
    return { points: desired, grants, contributions: [byTier], skipped: [], offers };
  }
  const given = applyCampaigns(command, membership, { tier, eligible, day });
  for (const offer of given.offers) offers.push(offerOf(command, membership, offer));
  const contributions = countable([byTier, ...given.contributions]);
  const grants = grantsOf(command, contributions);
  const points = grants.reduce((sum, grant) => sum + grant.points, 0);
  return { points, grants, contributions, skipped: given.skipped, offers };
}

/** All that a ticket earns can be counted together: what is beyond is not awarded. */
function countable(contributions: readonly Contribution[]): Contribution[] {
  let left = POINTS_MAX;
  return contributions.map((contribution) => {
    const awarded = Math.min(contribution.awarded, left);
    left -= awarded;
    return awarded === contribution.awarded ? contribution : { ...contribution, awarded };
  });
}

function offerOf(
  { ticket }: AwardTicket,
  { accountId, participantId }: OpenMembership,
  { offerId, rule }: { readonly offerId: string; readonly rule: string },
): AwardedOffer {
  const issuedOfferId = derivedId('issued-offer', accountId, ticket.ticket, rule, offerId);
  return { issuedOfferId, offerId, participantId, rule };
}

/** One grant per point source, all with the same dates. */
function grantsOf({ ticket, program }: AwardTicket, contributions: Contribution[]): Grant[] {
  const bySource = new Map<string, number>();
  for (const { pointSource, awarded } of contributions) {
    if (awarded > 0) bySource.set(pointSource, (bySource.get(pointSource) ?? 0) + awarded);
  }
  if (bySource.size === 0) return [];
  const dates = resolveGrantDates(program.accountTerms, ticket.occurredAt);
  const grants: Grant[] = [];
  for (const [pointSource, points] of bySource) {
    grants.push({
      points: Math.min(points, POINTS_MAX),
      wallet: 'points',
      pointSource,
      grantedAt: ticket.occurredAt,
      ...dates,
    });
  }
  return grants;
}
