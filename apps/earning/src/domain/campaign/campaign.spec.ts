import {
  activateCampaign,
  defineCampaign,
  endCampaign,
  pauseCampaign,
  reviseCampaign,
} from './campaign.decide';
import type { CampaignEvent, CampaignTerms } from './campaign.events';
import { byPriority, isCampaignValidAt, versionInForce, type CampaignRule } from './campaign.rule';
import { campaignAggregate, type Campaign, type DefinedCampaign } from './campaign.state';

const NOW = '2026-11-01T00:00:00.000Z';
const LATER = '2026-11-10T00:00:00.000Z';

const terms: CampaignTerms = {
  name: 'Lights',
  programId: 'p',
  trigger: 'transaction',
  condition: 'ticket.total > 500',
  effects: [{ type: 'fixed', points: 50 }],
  validFrom: null,
  validTo: null,
  validFromAt: null,
  validUntilAt: null,
  priority: 0,
  exclusiveGroup: null,
  stop: false,
  pointSource: 'default',
  caps: null,
};
const fine = () => undefined;
const defined: CampaignEvent = {
  type: 'CampaignDefined',
  data: { campaignId: 'c', version: 1, effectiveFrom: NOW, terms },
};
const activated: CampaignEvent = { type: 'CampaignActivated', data: { campaignId: 'c' } };
const paused: CampaignEvent = { type: 'CampaignPaused', data: { campaignId: 'c' } };
const ended: CampaignEvent = { type: 'CampaignEnded', data: { campaignId: 'c' } };
const revised: CampaignEvent = {
  type: 'CampaignRevised',
  data: {
    campaignId: 'c',
    version: 2,
    effectiveFrom: LATER,
    terms: { ...terms, effects: [{ type: 'fixed', points: 80 }] },
  },
};
const given = (...events: CampaignEvent[]): Campaign =>
  events.reduce(campaignAggregate.evolve, campaignAggregate.initial);
const running = (...events: CampaignEvent[]) => given(...events) as DefinedCampaign;

describe('a campaign', () => {
  it('is a draft until it is activated, and can be paused and ended', () => {
    expect(defineCampaign({ campaignId: 'c', terms, now: NOW }, given(), fine)).toEqual({
      outcome: 'accepted',
      events: [defined],
    });
    expect(given(defined).status).toBe('draft');
    expect(activateCampaign('c', given(defined))).toMatchObject({ events: [activated] });
    expect(activateCampaign('c', given(defined, activated))).toMatchObject({ events: [] });
    expect(pauseCampaign('c', given(defined, activated))).toMatchObject({ events: [paused] });
    expect(endCampaign('c', given(defined, activated, paused))).toMatchObject({ events: [ended] });
    expect(endCampaign('c', given(defined, ended))).toMatchObject({ events: [] });
  });

  it('does not run again after its end, nor before its definition', () => {
    expect(activateCampaign('c', given(defined, ended))).toMatchObject({
      rejection: { code: 'campaign_ended' },
    });
    expect(pauseCampaign('c', given(defined, ended))).toMatchObject({
      rejection: { code: 'campaign_ended' },
    });
    expect(activateCampaign('c', given())).toMatchObject({ rejection: { code: 'not_found' } });
  });

  it('says where its condition is wrong', () => {
    const wrong = () => ({ message: 'Unexpected token', position: 7 });
    expect(defineCampaign({ campaignId: 'c', terms, now: NOW }, given(), wrong)).toEqual({
      outcome: 'rejected',
      rejection: { code: 'invalid_expression', detail: 'Unexpected token', position: 7 },
    });
  });

  it('must not end before it begins', () => {
    const upsideDown = { ...terms, validFromAt: LATER, validUntilAt: NOW };
    const command = { campaignId: 'c', terms: upsideDown, now: NOW };
    expect(defineCampaign(command, given(), fine)).toMatchObject({
      rejection: { code: 'invalid_period' },
    });
  });

  it('changes by versions, each effective from its day on', () => {
    const command = { campaignId: 'c', terms: revised.data.terms, now: LATER };
    expect(reviseCampaign(command, given(defined, activated), fine)).toMatchObject({
      events: [revised],
    });
    const campaign = running(defined, activated, revised);
    expect(versionInForce(campaign, NOW)?.version).toBe(1);
    expect(versionInForce(campaign, LATER)?.version).toBe(2);
    expect(versionInForce(running(defined, activated, paused), LATER)).toBeUndefined();
    expect(reviseCampaign(command, given(defined, ended), fine)).toMatchObject({
      rejection: { code: 'campaign_ended' },
    });
  });

  it('is valid from its first instant up to its end', () => {
    const window = { ...terms, validFromAt: NOW, validUntilAt: LATER };
    expect(isCampaignValidAt(window, '2026-10-31T23:59:59.999Z')).toBe(false);
    expect(isCampaignValidAt(window, NOW)).toBe(true);
    expect(isCampaignValidAt(window, LATER)).toBe(false);
  });

  it('stands in an order that its name does not change', () => {
    const rule = (campaignId: string, priority: number): CampaignRule => ({
      campaignId,
      version: 1,
      terms: { ...terms, priority },
      matches: () => true,
    });
    const sorted = [rule('b', 0), rule('z', 5), rule('a', 0)].sort(byPriority);
    expect(sorted.map((one) => one.campaignId)).toEqual(['z', 'a', 'b']);
  });
});
