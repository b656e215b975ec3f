// Stored format: add fields or upcast, never edit what is here.
import type { Instant } from '@fidelis/kernel';

export type CampaignEffect =
  | { readonly type: 'fixed'; readonly points: number }
  | { readonly type: 'issueOffer'; readonly offerId: string };

/** What one participant may get out of the campaign per period. */
export interface ParticipantCap {
  readonly points: number | null;
  readonly times: number | null;
  readonly period: 'day' | 'month' | 'year' | 'lifetime';
}

export interface CampaignTerms {
  readonly name: string;
  readonly programId: string;
  readonly trigger: 'transaction';
  /** A CEL expression; `null`: every ticket. */
  readonly condition: string | null;
  readonly effects: readonly CampaignEffect[];
  /** As the client wrote it; resolved below. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly validFromAt: Instant | null;
  /** Exclusive. */
  readonly validUntilAt: Instant | null;
  /** Higher ones are evaluated first; equal ones by id. */
  readonly priority: number;
  /** Of the matching campaigns of one group only the best one gives. */
  readonly exclusiveGroup: string | null;
  /** After this one matched no later one is evaluated. */
  readonly stop: boolean;
  readonly pointSource: string;
  readonly caps: { readonly perParticipant: ParticipantCap } | null;
}

interface Version {
  readonly campaignId: string;
  readonly version: number;
  readonly effectiveFrom: Instant;
  readonly terms: CampaignTerms;
}

export interface CampaignDefined {
  readonly type: 'CampaignDefined';
  readonly data: Version;
}

export interface CampaignRevised {
  readonly type: 'CampaignRevised';
  readonly data: Version;
}

export interface CampaignActivated {
  readonly type: 'CampaignActivated';
  readonly data: { readonly campaignId: string };
}

export interface CampaignPaused {
  readonly type: 'CampaignPaused';
  readonly data: { readonly campaignId: string };
}

export interface CampaignEnded {
  readonly type: 'CampaignEnded';
  readonly data: { readonly campaignId: string };
}

export type CampaignEvent =
  CampaignDefined | CampaignRevised | CampaignActivated | CampaignPaused | CampaignEnded;
