import { assertNever } from '@fidelis/kernel';
import { isDuration } from '@fidelis/ledger';
import { commonProblem, validationFailed } from '@fidelis/http';
import type {
  Benefit,
  DefinedOffer,
  Issuance,
  OfferTerms,
  ReducedUnits,
  Redemption,
  Validity,
} from '../domain/offer';
import type {
  IssuanceBody,
  OfferBody,
  OfferType,
  ReducedUnitsBody,
  RedemptionBody,
  ValidityBody,
} from './offers.requests';
import { toPeriod } from './periods';

/** Every issued copy carries its terms in one event; that has 512 KiB. */
const TERMS_BYTES_MAX = 256 * 1024;

const VALUE_FIELDS = ['amount', 'percentBps', 'target', 'buy', 'get', 'skus', 'channel'] as const;
type ValueField = (typeof VALUE_FIELDS)[number];

const FIELDS: Record<OfferType, { needs: readonly ValueField[]; may: readonly ValueField[] }> = {
  amountOff: { needs: ['amount'], may: ['target'] },
  percentOff: { needs: ['percentBps'], may: ['target'] },
  setPrice: { needs: ['amount'], may: ['target'] },
  buyXGetY: { needs: ['buy', 'get'], may: [] },
  freeItem: { needs: ['skus'], may: [] },
  fulfilment: { needs: ['channel'], may: [] },
};

export function toOfferTerms(body: OfferBody): OfferTerms {
  checkValueFields(body);
  const { name, scope, posDiscountId } = body;
  const terms: OfferTerms = {
    name,
    benefit: BENEFITS[body.type](body),
    ...(scope !== undefined && {
      scope: { skus: scope.skus ?? [], categories: scope.categories ?? [] },
    }),
    ...(posDiscountId !== undefined && { posDiscountId }),
    issuance: toIssuance(body.issuance ?? {}),
    redemption: toRedemption(body.redemption ?? {}),
  };
  const bytes = Buffer.byteLength(JSON.stringify(terms));
  if (bytes <= TERMS_BYTES_MAX) return terms;
  throw commonProblem('payload_too_large', `an offer has up to ${TERMS_BYTES_MAX} bytes`);
}

/** The offer as clients see it: the same shape that they sent. */
export function toOfferAnswer({ offerId, version, terms, listings }: DefinedOffer): object {
  const { name, benefit, scope, posDiscountId, issuance, redemption } = terms;
  return {
    id: offerId,
    version,
    name,
    ...benefit,
    ...(scope !== undefined && { scope }),
    ...(posDiscountId !== undefined && { posDiscountId }),
    issuance,
    redemption,
    listedIn: listings.map((listing) => listing.storeId),
  };
}

function checkValueFields(body: OfferBody): void {
  const { needs, may } = FIELDS[body.type];
  const missing = needs
    .filter((name) => body[name] === undefined)
    .map((name) => ({
      pointer: `/${name}`,
      code: 'required',
      detail: `${name} is required for ${body.type}`,
    }));
  const strange = VALUE_FIELDS.filter(
    (name) => body[name] !== undefined && !needs.includes(name) && !may.includes(name),
  ).map((name) => ({
    pointer: `/${name}`,
    code: 'unknown_field',
    detail: `${name} has no meaning for ${body.type}`,
  }));
  const wrong = [...missing, ...strange, ...targetErrors(body)];
  if (wrong.length > 0) throw validationFailed(wrong);
}

function targetErrors({ type, target }: OfferBody) {
  if (type !== 'setPrice' || target !== 'ticket') return [];
  const detail = 'a price is set for one unit: cheapest or dearest';
  return [{ pointer: '/target', code: 'one_of', detail }];
}

// `checkValueFields` has seen to it that what has a default here for no good reason is given.
const NO_UNITS = { skus: [], quantity: 0 };

const BENEFITS: Record<OfferType, (body: OfferBody) => Benefit> = {
  amountOff: ({ amount = 0, target = 'ticket' }) => ({ type: 'amountOff', amount, target }),
  percentOff: ({ percentBps = 0, target = 'ticket' }) => ({
    type: 'percentOff',
    percentBps,
    target,
  }),
  setPrice: ({ amount = 0, target }) => ({
    type: 'setPrice',
    amount,
    target: target === 'cheapest' ? 'cheapest' : 'dearest',
  }),
  buyXGetY: ({ buy = NO_UNITS, get = NO_UNITS }) => ({
    type: 'buyXGetY',
    buy,
    get: toReducedUnits(get),
  }),
  freeItem: ({ skus = [] }) => ({ type: 'freeItem', skus }),
  fulfilment: ({ channel = 'digital' }) => ({ type: 'fulfilment', channel }),
};

function toReducedUnits({ skus, quantity, percentBps, setPrice }: ReducedUnitsBody): ReducedUnits {
  if (setPrice !== undefined) return { skus, quantity, setPrice };
  return { skus, quantity, percentBps: percentBps ?? 10_000 };
}

function toIssuance({ from, to, perParticipant, total }: IssuanceBody): Issuance {
  const names = { from: '/issuance/from', to: '/issuance/to' };
  return {
    ...toPeriod({ from: from ?? null, to: to ?? null }, names),
    ...(perParticipant != null && { perParticipant }),
    ...(total != null && { total }),
  };
}

function toRedemption({ validity, stores, perParticipant }: RedemptionBody): Redemption {
  return {
    validity: toValidity(validity ?? { type: 'sameAsIssuance' }),
    ...(stores != null && { stores }),
    ...(perParticipant != null && { perParticipant }),
  };
}

function toValidity({ type, from, to, after }: ValidityBody): Validity {
  const at = '/redemption/validity';
  switch (type) {
    case 'sameAsIssuance':
    case 'never':
      return { type };
    case 'duration':
      if (after === undefined) throw required(`${at}/after`, 'after is required for duration');
      // The calendar's bound is tighter than the text's; past this door it would be too late.
      if (!isDuration(after)) throw tooLong(`${at}/after`);
      return { type, after };
    case 'fixed': {
      const names = { from: `${at}/from`, to: `${at}/to` };
      const period = toPeriod({ from: from ?? null, to: to ?? null }, names);
      if (period.to === undefined) throw required(names.to, 'to is required for fixed');
      return { type, ...period, to: period.to };
    }
    default:
      return assertNever(type);
  }
}

function tooLong(pointer: string) {
  const detail = 'must be 1,000 years or less';
  return validationFailed([{ pointer, code: 'duration', detail }]);
}

function required(pointer: string, detail: string) {
  return validationFailed([{ pointer, code: 'required', detail }]);
}
