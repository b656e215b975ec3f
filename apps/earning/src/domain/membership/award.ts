import { derivedId, type Day, type Instant } from '@fidelis/kernel';
import {
  addToDay,
  dayOf,
  floorRatio,
  parseDuration,
  POINTS_MAX,
  resolveGrantDates,
  type Grant,
} from '@fidelis/ledger';
import type { CampaignRule } from '../campaign';
import { isValidAt, type EarnRate, type ProgramVersion } from '../program';
import { applyCampaigns } from './campaign-effects';
import type { AwardedOffer, Contribution, SkippedRule, TicketAwarded } from './membership.events';
import type { OpenMembership } from './membership.state';
import { addSpend, isRolling } from './spend';
import { tierHeldAt, tierOf } from './tier';

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
  const day = dayOf(ticket.occurredAt, terms.timeZone);
  const amounts = amountsOf(ticket, program);
  const assessedAt = ticket.occurredAt > now ? now : ticket.occurredAt;
  const frame = {
    sequence: membership.sequence + 1,
    ticket: ticket.ticket,
    transactionId: ticket.transactionId,
    occurredAt: ticket.occurredAt,
    ...(assessedAt !== ticket.occurredAt && { assessedAt }),
    programVersion: program.version,
    total: ticket.total,
    ...amounts,
    day,
    tierBefore: membership.tier,
  };
  if (!isValidAt(program, ticket.occurredAt)) return outsideValidity(frame, membership);
  const keepsDaysFrom = daysKeptFrom(terms.tierPolicy.window, day);
  const spending = { amount: amounts.measured, day, keepsDaysFrom };
  const spend = addSpend(membership.spend, spending);
  const held = tierHeldAt({ ...membership, spend }, terms, assessedAt);
  return {
    ...frame,
    ...(keepsDaysFrom !== undefined && { keepsDaysFrom }),
    tier: held.tier,
    tierSince: held.tierSince,
    ...earnings(command, membership, { tier: held.tier, eligible: amounts.eligible, day }),
  };
}

/** `base` at `points` per `per`, rounded down; more than the ledger counts ends at its bound. */
export function pointsFor(base: number, { points, per }: EarnRate): number {
  if (base <= 0 || points === 0) return 0;
  if ((base / per) * points >= POINTS_MAX) return POINTS_MAX;
  return floorRatio(base, points, per);
}

function amountsOf(
  { total, taxTotal, paidWithPoints }: TicketToAward,
  { terms }: ProgramVersion,
): Pick<Award, 'untaxed' | 'paidWithPoints' | 'eligible' | 'measured'> {
  const untaxed = terms.earnOn === 'net-of-tax' ? taxTotal : 0;
  const eligible = Math.max(0, total - untaxed - paidWithPoints);
  const measured = terms.tierPolicy.measure === 'gross' ? eligible + paidWithPoints : eligible;
  return { untaxed, paidWithPoints, eligible, measured };
}

type Frame = Omit<
  Award,
  'tier' | 'tierSince' | 'points' | 'grants' | 'contributions' | 'skipped' | 'offers'
>;

function outsideValidity(frame: Frame, { tier, tierSince }: OpenMembership): Award {
  const skipped = [{ rule: `tier:${tier}`, reason: 'outside_validity' }];
  const nothing = { measured: 0, points: 0, grants: [], contributions: [], offers: [] };
  return { ...frame, ...nothing, tier, tierSince, skipped };
}

/** Twice the window, so that the tier of yesterday can still be told. */
function daysKeptFrom(window: string, day: Day): Day | undefined {
  if (!isRolling(window)) return undefined;
  const { months, days } = parseDuration(window);
  return addToDay(day, { months: -2 * months, days: -2 * days - 1 });
}

function earnings(
  command: AwardTicket,
  membership: OpenMembership,
  { tier, eligible, day }: { tier: string; eligible: number; day: Day },
): Pick<Award, 'points' | 'grants' | 'contributions' | 'skipped' | 'offers'> {
  const { program, campaigns } = command;
  const rule = `tier:${tier}`;
  const { earn, earnOffers } = tierOf(program.terms, tier);
  const desired = pointsFor(eligible, earn);
  const contributions: Contribution[] = [
    {
      rule,
      version: program.version,
      base: eligible,
      desired,
      awarded: desired,
      rate: { points: earn.points, per: earn.per },
      pointSource: 'default',
    },
  ];
  const skipped: SkippedRule[] = [];
  const offers = earnOffers
    .filter(({ minAmount }) => eligible >= minAmount)
    .map(({ offerId }) => offerOf(command, membership, { offerId, rule }));
  if (campaigns.length > 0) {
    const given = applyCampaigns(command, membership, { tier, eligible, day });
    contributions.push(...given.contributions);
    skipped.push(...given.skipped);
    offers.push(...given.offers.map((offer) => offerOf(command, membership, offer)));
  }
  const grants = grantsOf(command, contributions);
  const points = grants.reduce((sum, grant) => sum + grant.points, 0);
  return { points, grants, contributions, skipped, offers };
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
  return [...bySource].map(([pointSource, points]) => ({
    points: Math.min(points, POINTS_MAX),
    wallet: 'points',
    pointSource,
    grantedAt: ticket.occurredAt,
    ...dates,
  }));
}
