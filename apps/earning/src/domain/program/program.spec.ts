import { defineProgram, reviseProgram } from './program.decide';
import type { ProgramEvent } from './program.events';
import { isValidAt, programAggregate, termsAt, type Program } from './program.state';
import { withDefaults, type ProgramDraft } from './program.terms';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-03-01T00:00:00.000Z';

const draft: ProgramDraft = {
  name: 'Test Multiple Loyalty',
  currency: 'INR',
  timeZone: 'Asia/Kolkata',
  validFrom: '2026-01-01',
  tiers: [{ code: 'bronze', threshold: 0, earn: { points: 1, per: 100_000 } }],
  redeem: { points: 1, worth: 100 },
};
const terms = withDefaults(draft);

const given = (...events: ProgramEvent[]): Program =>
  events.reduce(programAggregate.evolve, programAggregate.initial);
const defined: ProgramEvent = {
  type: 'ProgramDefined',
  data: { programId: 'p', version: 1, effectiveFrom: NOW, terms },
};
const define = (change: Partial<ProgramDraft>) =>
  defineProgram(
    { programId: 'p', terms: withDefaults({ ...draft, ...change }), now: NOW },
    given(),
  );

describe('a programme', () => {
  it('is defined with every default of the API', () => {
    expect(terms).toEqual({
      name: 'Test Multiple Loyalty',
      type: 'multiple',
      currency: 'INR',
      timeZone: 'Asia/Kolkata',
      validFrom: '2026-01-01',
      validTo: null,
      autoEnrol: false,
      enrolExisting: false,
      eligibility: { groups: [], territories: [] },
      tiers: [
        {
          code: 'bronze',
          name: 'bronze',
          threshold: 0,
          earn: { points: 1, per: 100_000 },
          earnOffers: [],
        },
      ],
      tierPolicy: { measure: 'net', window: 'lifetime', downgrade: 'none', noticeDays: 30 },
      redeem: { points: 1, worth: 100 },
      expiry: { policy: 'never' },
      pending: null,
      earnOn: 'gross-of-tax',
      returns: { clawback: 'allow-negative', restore: 'original' },
      wallets: [{ code: 'points', spendable: true, maxBalance: null }],
    });
    expect(define({})).toEqual({ outcome: 'accepted', events: [defined] });
  });

  it('sent again as it is changes nothing; its id with other rules is refused', () => {
    expect(defineProgram({ programId: 'p', terms, now: LATER }, given(defined))).toEqual({
      outcome: 'accepted',
      events: [],
    });
    const other = withDefaults({ ...draft, name: 'Other' });
    expect(
      defineProgram({ programId: 'p', terms: other, now: LATER }, given(defined)),
    ).toMatchObject({ rejection: { code: 'already_exists' } });
  });

  const silver = { code: 'silver', threshold: 1_000_000, earn: { points: 1, per: 100_000 } };
  const [bronze] = draft.tiers;

  it.each<[string, Partial<ProgramDraft>, string]>([
    ['without a tier at 0', { tiers: [silver] }, 'lowest_tier_not_zero'],
    [
      'of a single tier with two',
      { type: 'single', tiers: [...draft.tiers, silver] },
      'too_many_tiers',
    ],
    [
      'with one code twice',
      { tiers: [...draft.tiers, { ...silver, code: 'bronze' }] },
      'duplicate_tier',
    ],
    ['in no time zone', { timeZone: 'Asia/Nowhere' }, 'unknown_time_zone'],
    ['in no currency', { currency: 'XQQ' }, 'unknown_currency'],
    ['that ends before it begins', { validTo: '2025-12-31' }, 'invalid_period'],
    ['on no day', { validFrom: '2026-02-30' }, 'invalid_period'],
    ['with a window of a second', { tierPolicy: { window: 'PT1S' } }, 'invalid_duration'],
    ['with a wrong expiry', { expiry: { policy: 'fixed', dates: ['13-01'] } }, 'invalid_expiry'],
    [
      'that expires into nowhere',
      { expiry: { policy: 'rolling', after: 'P1M', toWallet: 'escrow' } },
      'invalid_expiry',
    ],
    ['without the wallet of points', { wallets: [{ code: 'promo' }] }, 'invalid_wallet'],
  ])('%s is refused', (_, change, code) => {
    expect(define(change)).toMatchObject({ outcome: 'rejected', rejection: { code } });
    expect(bronze).toBeDefined();
  });

  it('is valid from the first instant of its first day to the end of its last, in its zone', () => {
    const program = given({
      type: 'ProgramDefined',
      data: { ...defined.data, version: 1, terms: { ...terms, validTo: '2026-01-31' } },
    });
    if (program.status === 'undefined') throw new Error('it was defined');
    const [version] = program.versions;
    // Kolkata is five and a half hours ahead of UTC.
    expect(isValidAt(version, '2025-12-31T18:29:59.999Z')).toBe(false);
    expect(isValidAt(version, '2025-12-31T18:30:00.000Z')).toBe(true);
    expect(isValidAt(version, '2026-01-31T18:29:59.999Z')).toBe(true);
    expect(isValidAt(version, '2026-01-31T18:30:00.000Z')).toBe(false);
  });
});

describe('a new version of a programme', () => {
  const better = withDefaults({
    ...draft,
    tiers: [{ code: 'bronze', threshold: 0, earn: { points: 2, per: 100_000 } }],
  });
  const revised: ProgramEvent = {
    type: 'ProgramRevised',
    data: { programId: 'p', version: 2, effectiveFrom: LATER, terms: better },
  };

  it('holds from now on, or from when it says', () => {
    const command = { programId: 'p', terms: better, now: LATER };
    expect(reviseProgram(command, given(defined))).toEqual({
      outcome: 'accepted',
      events: [revised],
    });
    const from = '2026-06-01T00:00:00.000Z';
    expect(reviseProgram({ ...command, effectiveFrom: from }, given(defined))).toMatchObject({
      events: [{ data: { effectiveFrom: from } }],
    });
    expect(reviseProgram({ ...command, effectiveFrom: NOW }, given(defined))).toMatchObject({
      rejection: { code: 'invalid_period' },
    });
  });

  it('leaves what happened before under the old rules', () => {
    const program = given(defined, revised);
    if (program.status === 'undefined') throw new Error('it was defined');
    expect(termsAt(program, '2025-06-01T00:00:00.000Z').version).toBe(1);
    expect(termsAt(program, '2026-02-28T23:59:59.999Z').version).toBe(1);
    expect(termsAt(program, LATER).version).toBe(2);
  });

  it('sent again changes nothing; another currency is refused; without a first it is the first', () => {
    const command = { programId: 'p', terms: better, now: LATER };
    expect(reviseProgram(command, given(defined, revised))).toMatchObject({ events: [] });
    const dollars = withDefaults({ ...draft, currency: 'USD' });
    expect(reviseProgram({ ...command, terms: dollars }, given(defined))).toMatchObject({
      rejection: { code: 'currency_is_fixed' },
    });
    expect(reviseProgram(command, given())).toMatchObject({ events: [{ type: 'ProgramDefined' }] });
  });
});
