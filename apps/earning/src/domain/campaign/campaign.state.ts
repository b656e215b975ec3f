import { assertInvariant, type Aggregate, type Instant } from '@fidelis/kernel';
import type { CampaignEvent, CampaignTerms } from './campaign.events';

export interface CampaignVersion {
  readonly version: number;
  readonly effectiveFrom: Instant;
  readonly terms: CampaignTerms;
}

export type Campaign =
  | { readonly status: 'undefined' }
  | {
      readonly status: 'draft' | 'active' | 'paused' | 'ended';
      readonly campaignId: string;
      /** Oldest first, never empty. */
      readonly versions: readonly [CampaignVersion, ...CampaignVersion[]];
    };

export type DefinedCampaign = Exclude<Campaign, { status: 'undefined' }>;

export const campaignAggregate: Aggregate<Campaign, CampaignEvent> = {
  category: 'campaign',
  initial: { status: 'undefined' },
  evolve: evolveCampaign,
};

export function evolveCampaign(campaign: Campaign, event: CampaignEvent): Campaign {
  if (event.type === 'CampaignDefined') {
    const { campaignId, version, effectiveFrom, terms } = event.data;
    return { status: 'draft', campaignId, versions: [{ version, effectiveFrom, terms }] };
  }
  assertInvariant(campaign.status !== 'undefined', `${event.type} before CampaignDefined`);
  switch (event.type) {
    case 'CampaignRevised': {
      const { version, effectiveFrom, terms } = event.data;
      return {
        ...campaign,
        versions: [...campaign.versions, { version, effectiveFrom, terms }],
      };
    }
    case 'CampaignActivated':
      return { ...campaign, status: 'active' };
    case 'CampaignPaused':
      return { ...campaign, status: 'paused' };
    case 'CampaignEnded':
      return { ...campaign, status: 'ended' };
  }
}

/** The newest version that is effective at `instant`; before the first one, the first one. */
export function campaignAt({ versions }: DefinedCampaign, instant: Instant): CampaignVersion {
  const effective = versions.findLast((version) => version.effectiveFrom <= instant);
  return effective ?? versions[0];
}
