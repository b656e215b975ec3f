import { validationFailed } from '@fidelis/http';
import { ownEntry, toInstant, type Instant } from '@fidelis/kernel';
import { endOfDay, isDay, startOfDay } from '@fidelis/ledger';
import type {
  CampaignEffect,
  CampaignTerms,
  DefinedCampaign,
  ParticipantCap,
} from '../domain/campaign';
import type { CampaignBody, CapsBody, EffectBody } from './campaigns.requests';
import { campaignProblems } from './earning.problems';

export const DEFAULT_POINT_SOURCE = 'default';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

const PERIODS: Readonly<Record<string, ParticipantCap['period']>> = {
  P1D: 'day',
  P1M: 'month',
  P1Y: 'year',
  day: 'day',
  month: 'month',
  year: 'year',
  lifetime: 'lifetime',
};

/** Days are days of the programme's zone. */
export function toCampaignTerms(body: CampaignBody, timeZone: string): CampaignTerms {
  if (body.trigger !== 'transaction') throw notSupported(`the trigger ${body.trigger}`);
  const { name, programId, condition, validFrom, validTo } = body;
  return {
    name,
    programId,
    trigger: 'transaction',
    condition: condition ?? null,
    effects: body.effects.map(toEffect),
    validFrom: validFrom ?? null,
    validTo: validTo ?? null,
    validFromAt: bound(validFrom, 'validFrom', (day) => startOfDay(day, timeZone)),
    validUntilAt: bound(validTo, 'validTo', (day) => endOfDay(day, timeZone)),
    ...stackingOf(body),
    caps: toCaps(body.caps ?? null),
  };
}

/** The campaign as clients see it: the newest version, in the shape that they sent. */
export function toCampaignAnswer({ campaignId, status, versions }: DefinedCampaign) {
  const { version, effectiveFrom, terms } = versions.at(-1) ?? versions[0];
  const { validFromAt: _from, validUntilAt: _until, ...shown } = terms;
  return { id: campaignId, version, effectiveFrom, status, ...shown };
}

function stackingOf(
  body: CampaignBody,
): Pick<CampaignTerms, 'priority' | 'exclusiveGroup' | 'stop' | 'pointSource'> {
  const { priority = 0, exclusiveGroup, stop = false, pointSource = DEFAULT_POINT_SOURCE } = body;
  return { priority, exclusiveGroup: exclusiveGroup ?? null, stop, pointSource };
}

function toEffect(effect: EffectBody, index: number): CampaignEffect {
  const { type, points, offerId } = effect;
  switch (type) {
    case 'fixed':
      refuseStrangeFields(effect, 'points', index);
      return { type, points: needed(points, `/effects/${index}/points`) };
    case 'issueOffer':
      refuseStrangeFields(effect, 'offerId', index);
      return { type, offerId: needed(offerId, `/effects/${index}/offerId`) };
    case 'multiply':
    case 'perUnit':
    case 'perSpend':
    case 'tag':
      throw notSupported(`the effect ${type}`);
  }
}

function refuseStrangeFields(effect: EffectBody, own: keyof EffectBody, index: number): void {
  const strange = Object.entries(effect).filter(
    ([name, value]) => value !== undefined && name !== 'type' && name !== own,
  );
  if (strange.length === 0) return;
  throw validationFailed(
    strange.map(([name]) => ({
      pointer: `/effects/${index}/${name}`,
      code: 'unknown_field',
      detail: `${name} has no meaning for ${effect.type}`,
    })),
  );
}

function toCaps(caps: CapsBody | null): CampaignTerms['caps'] {
  if (caps?.total !== undefined) throw notSupported('a total cap');
  if (caps?.perParticipant === undefined) return null;
  const { points, times, period } = caps.perParticipant;
  const known = ownEntry(PERIODS, period);
  if (known === undefined) {
    const pointer = '/caps/perParticipant/period';
    const detail = 'must be P1D, P1M, P1Y or lifetime';
    throw validationFailed([{ pointer, code: 'period', detail }]);
  }
  return { perParticipant: { points: points ?? null, times: times ?? null, period: known } };
}

function bound(
  text: string | null | undefined,
  name: string,
  ofDay: (day: string) => Instant,
): Instant | null {
  if (text == null) return null;
  if (isDay(text)) return ofDay(text);
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text))) return toInstant(text);
  const detail = 'must be a day (YYYY-MM-DD) or an instant (RFC 3339)';
  throw validationFailed([{ pointer: `/${name}`, code: 'instant', detail }]);
}

function needed<T>(value: T | undefined, pointer: string): T {
  if (value !== undefined) return value;
  throw validationFailed([{ pointer, code: 'required', detail: 'is needed by this effect' }]);
}

function notSupported(what: string): Error {
  return campaignProblems.problem('not_supported', `${what} is not supported yet`);
}
