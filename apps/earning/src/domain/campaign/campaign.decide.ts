import {
  accepted,
  canonicalJson,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import type {
  CampaignActivated,
  CampaignDefined,
  CampaignEnded,
  CampaignPaused,
  CampaignRevised,
  CampaignTerms,
} from './campaign.events';
import type { Campaign } from './campaign.state';

/** Where and why a condition is wrong; `position` counts characters from 0. */
export interface ExpressionFault {
  readonly message: string;
  readonly position: number;
}

/** Pure: the same expression always gives the same answer. */
export type CheckExpression = (expression: string) => ExpressionFault | undefined;

export interface DefineCampaign {
  readonly campaignId: string;
  readonly terms: CampaignTerms;
  readonly now: Instant;
}

export interface InvalidCampaign extends Rejection {
  readonly code: 'invalid_expression' | 'invalid_period';
  readonly position?: number;
}

export interface CampaignAlreadyExists extends Rejection {
  readonly code: 'already_exists';
}

export interface CampaignHasEnded extends Rejection {
  readonly code: 'campaign_ended';
}

export interface CampaignNotFound extends Rejection {
  readonly code: 'not_found';
}

export type CampaignRejection =
  InvalidCampaign | CampaignAlreadyExists | CampaignHasEnded | CampaignNotFound;

/** A new campaign, a draft until it is activated. */
export function defineCampaign(
  { campaignId, terms, now }: DefineCampaign,
  campaign: Campaign,
  check: CheckExpression,
): Decision<CampaignDefined, InvalidCampaign | CampaignAlreadyExists> {
  if (campaign.status !== 'undefined') {
    return sameTerms(campaign.versions[0].terms, terms)
      ? accepted()
      : rejected({ code: 'already_exists', detail: `campaign ${campaignId} says otherwise` });
  }
  const invalid = findInvalid(terms, check);
  if (invalid !== undefined) return rejected(invalid);
  const data = { campaignId, version: 1, effectiveFrom: now, terms };
  return accepted({ type: 'CampaignDefined', data });
}

/** A new version, effective from now on; the status stays as it is. */
export function reviseCampaign(
  command: DefineCampaign,
  campaign: Campaign,
  check: CheckExpression,
): Decision<CampaignDefined | CampaignRevised, CampaignRejection> {
  const { campaignId, terms, now } = command;
  if (campaign.status === 'undefined') return defineCampaign(command, campaign, check);
  if (campaign.status === 'ended') return rejected(ended(campaignId));
  const latest = campaign.versions[campaign.versions.length - 1] ?? campaign.versions[0];
  if (sameTerms(latest.terms, terms)) return accepted();
  const invalid = findInvalid(terms, check);
  if (invalid !== undefined) return rejected(invalid);
  const data = { campaignId, version: latest.version + 1, effectiveFrom: now, terms };
  return accepted({ type: 'CampaignRevised', data });
}

export function activateCampaign(
  campaignId: string,
  campaign: Campaign,
): Decision<CampaignActivated, CampaignHasEnded | CampaignNotFound> {
  if (campaign.status === 'active') return accepted();
  if (campaign.status === 'ended') return rejected(ended(campaignId));
  if (campaign.status === 'undefined') return rejected(notFound(campaignId));
  return accepted({ type: 'CampaignActivated', data: { campaignId } });
}

export function pauseCampaign(
  campaignId: string,
  campaign: Campaign,
): Decision<CampaignPaused, CampaignHasEnded | CampaignNotFound> {
  if (campaign.status === 'paused') return accepted();
  if (campaign.status === 'ended') return rejected(ended(campaignId));
  if (campaign.status === 'undefined') return rejected(notFound(campaignId));
  return accepted({ type: 'CampaignPaused', data: { campaignId } });
}

export function endCampaign(
  campaignId: string,
  campaign: Campaign,
): Decision<CampaignEnded, CampaignNotFound> {
  if (campaign.status === 'ended') return accepted();
  if (campaign.status === 'undefined') return rejected(notFound(campaignId));
  return accepted({ type: 'CampaignEnded', data: { campaignId } });
}

function findInvalid(terms: CampaignTerms, check: CheckExpression): InvalidCampaign | undefined {
  const { condition, validFromAt, validUntilAt } = terms;
  const fault = condition === null ? undefined : check(condition);
  if (fault !== undefined) {
    return { code: 'invalid_expression', detail: fault.message, position: fault.position };
  }
  if (validFromAt === null || validUntilAt === null || validFromAt < validUntilAt) return undefined;
  return { code: 'invalid_period', detail: 'validTo lies before validFrom' };
}

function ended(campaignId: string): CampaignHasEnded {
  return { code: 'campaign_ended', detail: `campaign ${campaignId} has ended` };
}

function notFound(campaignId: string): CampaignNotFound {
  return { code: 'not_found', detail: `there is no campaign ${campaignId}` };
}

function sameTerms(left: CampaignTerms, right: CampaignTerms): boolean {
  return canonicalJson(left) === canonicalJson(right);
}
