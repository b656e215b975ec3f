import {
  assertInvariant,
  ownEntry,
  withOwnEntry,
  type Aggregate,
  type Instant,
} from '@fidelis/kernel';
import type { MembershipEvent, TicketAwarded } from './membership.events';
import { addSpend, NO_SPEND, type Spend } from './spend';

/** What a campaign gave this member in one period. */
export interface CampaignUse {
  readonly period: string;
  readonly points: number;
  readonly times: number;
}

export interface OpenMembership {
  readonly status: 'open';
  readonly accountId: string;
  readonly participantId: string;
  readonly programId: string;
  /** Number of the last command to the account. */
  readonly sequence: number;
  readonly tier: string;
  readonly tierSince: Instant;
  /** The latest ticket or return that the tier was looked at for. */
  readonly assessedAt: Instant;
  readonly spend: Spend;
  /** By campaign, for its caps: the latest days it gave something. */
  readonly used: Readonly<Record<string, readonly CampaignUse[]>>;
}

export type Membership = { readonly status: 'absent' } | OpenMembership;

export const membershipAggregate: Aggregate<Membership, MembershipEvent> = {
  category: 'membership',
  initial: { status: 'absent' },
  evolve: evolveMembership,
  snapshot: { version: 2, everyEvents: 200 },
};

/** Caps look back a year at most, or count all of it. */
const CAMPAIGN = 'campaign:';
const USES_MAX = 400;

export function evolveMembership(membership: Membership, event: MembershipEvent): Membership {
  if (event.type === 'MembershipOpened') {
    const { accountId, participantId, programId, sequence, tier, openedAt } = event.data;
    return {
      status: 'open',
      accountId,
      participantId,
      programId,
      sequence,
      tier,
      tierSince: openedAt,
      assessedAt: '',
      spend: NO_SPEND,
      used: {},
    };
  }
  assertInvariant(membership.status === 'open', `${event.type} before MembershipOpened`);
  switch (event.type) {
    case 'TicketAwarded':
      return afterTicket(membership, event.data);
    case 'AwardReversalRequested':
      return { ...membership, sequence: event.data.sequence };
    case 'AwardReversed': {
      const { unmeasured, day, tier, tierSince, occurredAt } = event.data;
      const spend = addSpend(membership.spend, { amount: -unmeasured, day });
      return { ...membership, tier, tierSince, spend, assessedAt: later(membership, occurredAt) };
    }
  }
}

function afterTicket(membership: OpenMembership, data: TicketAwarded['data']): OpenMembership {
  const { sequence, tier, tierSince, measured, day, keepsDaysFrom } = data;
  const spend = addSpend(membership.spend, { amount: measured, day, keepsDaysFrom });
  const assessedAt = later(membership, data.assessedAt ?? data.occurredAt);
  const { status, accountId, participantId, programId } = membership;
  return {
    status,
    accountId,
    participantId,
    programId,
    sequence,
    tier,
    tierSince,
    assessedAt,
    spend,
    used: noteUses(membership.used, data),
  };
}

function noteUses(
  used: OpenMembership['used'],
  { contributions, offers, day }: TicketAwarded['data'],
): OpenMembership['used'] {
  // Of most tickets: they should not pay for a table of nothing.
  if (!contributions.some(isOfCampaign) && !offers.some(isOfCampaign)) return used;
  const points = new Map<string, number>();
  for (const { rule, awarded } of contributions.filter(isOfCampaign)) {
    points.set(rule, (points.get(rule) ?? 0) + awarded);
  }
  for (const { rule } of offers.filter(isOfCampaign)) points.set(rule, points.get(rule) ?? 0);
  let next = used;
  for (const [rule, given] of points) {
    const id = rule.slice(CAMPAIGN.length);
    const uses = noteUse(ownEntry(next, id) ?? [], { period: day, points: given, times: 1 });
    next = withOwnEntry(next, id, uses);
  }
  return next;
}

function isOfCampaign({ rule }: { readonly rule: string }): boolean {
  return rule.startsWith(CAMPAIGN);
}

/** One row a day; beyond `USES_MAX` rows the oldest are added up, for caps without a period. */
function noteUse(uses: readonly CampaignUse[], use: CampaignUse): readonly CampaignUse[] {
  const same = uses.find((other) => other.period === use.period);
  const rest = uses.filter((other) => other !== same);
  const rows = [...rest, same === undefined ? use : merge(same, use)].sort((a, b) =>
    a.period < b.period ? -1 : 1,
  );
  const [oldest, next, ...others] = rows;
  if (rows.length <= USES_MAX || oldest === undefined || next === undefined) return rows;
  return [{ ...merge(oldest, next), period: oldest.period }, ...others];
}

function merge(left: CampaignUse, right: CampaignUse): CampaignUse {
  const points = left.points + right.points;
  return { period: right.period, points, times: left.times + right.times };
}

function later({ assessedAt }: OpenMembership, instant: Instant): Instant {
  return instant > assessedAt ? instant : assessedAt;
}
