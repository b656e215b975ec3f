import { ownEntry, type Day, type Instant } from '@fidelis/kernel';
import { POINTS_MAX } from '@fidelis/ledger';
import { isCampaignValidAt, type CampaignRule, type ParticipantCap } from '../campaign';
import type { AwardTicket } from './award';
import type { Contribution, SkippedRule } from './membership.events';
import type { CampaignUse, OpenMembership } from './membership.state';

export interface CampaignsGave {
  readonly contributions: readonly Contribution[];
  readonly skipped: readonly SkippedRule[];
  readonly offers: readonly { readonly offerId: string; readonly rule: string }[];
}

interface Circumstances {
  readonly tier: string;
  readonly eligible: number;
  readonly day: Day;
}

/** What a matching campaign would give by itself. */
interface Gift {
  readonly campaign: CampaignRule;
  readonly rule: string;
  readonly desired: number;
  readonly awarded: number;
  readonly cut?: string;
  readonly offerIds: readonly string[];
}

interface Use {
  readonly points: number;
  readonly times: number;
}

/** Every campaign in its order gives something, or says why not. */
export function applyCampaigns(
  { ticket, campaigns }: AwardTicket,
  membership: OpenMembership,
  at: Circumstances,
): CampaignsGave {
  const skipped: SkippedRule[] = [];
  const gifts: Gift[] = [];
  let stopped = false;
  for (const campaign of campaigns) {
    const gift = stopped ? 'stopped' : giftOf(campaign, membership, { ...at, ...ticket });
    if (typeof gift === 'string') {
      skipped.push({ rule: ruleOf(campaign), reason: gift });
    } else {
      gifts.push(gift);
      stopped = campaign.terms.stop;
    }
  }
  const kept = bestOfGroups(gifts, skipped);
  return {
    contributions: kept.flatMap((gift) => contributionOf(gift, at.eligible)),
    skipped,
    offers: kept.flatMap(({ offerIds, rule }) => offerIds.map((offerId) => ({ offerId, rule }))),
  };
}

function giftOf(
  campaign: CampaignRule,
  membership: OpenMembership,
  { tier, day, occurredAt }: Circumstances & { readonly occurredAt: Instant },
): Gift | string {
  const { terms } = campaign;
  if (!isCampaignValidAt(terms, occurredAt)) return 'outside_validity';
  const matched = campaign.matches({ tier });
  if (matched === 'error') return 'condition_error';
  if (!matched) return 'condition_false';
  const wish = wishOf(campaign);
  const cap = terms.caps?.perParticipant;
  if (cap === undefined) return wish;
  const uses = ownEntry(membership.used, campaign.campaignId) ?? [];
  return within(cap, useInPeriod(uses, cap.period, day), wish);
}

function wishOf(campaign: CampaignRule): Gift {
  const offerIds: string[] = [];
  let desired = 0;
  for (const effect of campaign.terms.effects) {
    if (effect.type === 'fixed') desired = Math.min(POINTS_MAX, desired + effect.points);
    else offerIds.push(effect.offerId);
  }
  return { campaign, rule: ruleOf(campaign), desired, awarded: desired, offerIds };
}

function within(cap: ParticipantCap, used: Use, wish: Gift): Gift | string {
  if (cap.times !== null && used.times >= cap.times) return 'cap_reached';
  if (cap.points === null || used.points + wish.desired <= cap.points) return wish;
  const left = Math.max(0, cap.points - used.points);
  return left === 0 ? 'cap_reached' : { ...wish, awarded: left, cut: 'cap_per_participant' };
}

function useInPeriod(
  uses: readonly CampaignUse[],
  period: ParticipantCap['period'],
  day: Day,
): Use {
  const length = { day: 10, month: 7, year: 4, lifetime: 0 }[period];
  const prefix = day.slice(0, length);
  const counted = uses.filter((use) => use.period.startsWith(prefix));
  return {
    points: counted.reduce((sum, use) => sum + use.points, 0),
    times: counted.reduce((sum, use) => sum + use.times, 0),
  };
}

/** Of an exclusive group only the one that gives most; of equal ones the first. */
function bestOfGroups(gifts: readonly Gift[], skipped: SkippedRule[]): readonly Gift[] {
  const best = new Map<string, Gift>();
  for (const gift of gifts) {
    const group = gift.campaign.terms.exclusiveGroup;
    if (group === null) continue;
    const other = best.get(group);
    if (other === undefined || gift.awarded > other.awarded) best.set(group, gift);
  }
  return gifts.filter((gift) => {
    const group = gift.campaign.terms.exclusiveGroup;
    if (group === null || best.get(group) === gift) return true;
    skipped.push({ rule: gift.rule, reason: 'exclusive_group' });
    return false;
  });
}

function contributionOf(gift: Gift, eligible: number): Contribution[] {
  const { campaign, rule, desired, awarded, cut } = gift;
  if (desired === 0) return [];
  const { version, terms } = campaign;
  return [
    {
      rule,
      version,
      base: eligible,
      desired,
      awarded,
      ...(cut !== undefined && { cut }),
      pointSource: terms.pointSource,
    },
  ];
}

function ruleOf(campaign: CampaignRule): string {
  return `campaign:${campaign.campaignId}`;
}
