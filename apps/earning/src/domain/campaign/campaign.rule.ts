import type { Instant } from '@fidelis/kernel';
import type { CampaignTerms } from './campaign.events';
import { campaignAt, type DefinedCampaign } from './campaign.state';

/** What a ticket is, as conditions see it; tier and time are the membership's to say. */
export interface RuleFacts {
  readonly tier: string;
}

/** One campaign version, ready to be evaluated for one ticket. */
export interface CampaignRule {
  readonly campaignId: string;
  readonly version: number;
  readonly terms: CampaignTerms;
  /** Pure. `error`: the expression met something that it cannot work with. */
  readonly matches: (facts: RuleFacts) => boolean | 'error';
}

/** Highest priority first, then by id: an order that renaming a campaign does not change. */
export function byPriority(left: CampaignRule, right: CampaignRule): number {
  const byRank = right.terms.priority - left.terms.priority;
  return byRank === 0 ? compareText(left.campaignId, right.campaignId) : byRank;
}

/** The version in force, if the campaign runs: `instant` is when the ticket happened. */
export function versionInForce(
  campaign: DefinedCampaign,
  instant: Instant,
): { readonly version: number; readonly terms: CampaignTerms } | undefined {
  return campaign.status === 'active' ? campaignAt(campaign, instant) : undefined;
}

export function isCampaignValidAt(terms: CampaignTerms, instant: Instant): boolean {
  const { validFromAt, validUntilAt } = terms;
  return (
    (validFromAt === null || instant >= validFromAt) &&
    (validUntilAt === null || instant < validUntilAt)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
