import { evolveProgram, withDefaults, type DefinedProgram, type ProgramDraft } from '../program';
import { accountIdOf, enrolAutomatically, enrolManually, isEligible } from './enrolment.decide';
import type { EnrolmentEvent } from './enrolment.events';
import { enrolmentAggregate, type Enrolment } from './enrolment.state';

const NOW = '2026-05-01T12:00:00.000Z';

const program = (programId: string, change: Partial<ProgramDraft> = {}): DefinedProgram =>
  evolveProgram(
    { status: 'undefined' },
    {
      type: 'ProgramDefined',
      data: {
        programId,
        version: 1,
        effectiveFrom: NOW,
        terms: withDefaults({
          name: programId,
          currency: 'BRL',
          timeZone: 'America/Sao_Paulo',
          validFrom: '2026-01-01',
          tiers: [{ code: 'base', threshold: 0, earn: { points: 1, per: 100 } }],
          redeem: { points: 1, worth: 1 },
          autoEnrol: true,
          ...change,
        }),
      },
    },
  ) as DefinedProgram;

const given = (...events: EnrolmentEvent[]): Enrolment =>
  events.reduce(enrolmentAggregate.evolve, enrolmentAggregate.initial);
const enrolled: EnrolmentEvent = {
  type: 'ParticipantEnrolled',
  data: {
    participantId: 'ana',
    programId: 'retail',
    accountId: accountIdOf('ana', 'retail'),
    manner: 'automatic',
    enrolledAt: NOW,
  },
};
const ana = {
  participantId: 'ana',
  groups: ['retail/gold'],
  territory: 'BR/SP/Campinas',
  now: NOW,
};
const assessed = (
  result: 'enrolled' | 'none' | 'conflict',
  programIds: string[],
): EnrolmentEvent => ({
  type: 'EligibilityAssessed',
  data: {
    participantId: 'ana',
    groups: ['retail/gold'],
    territory: 'BR/SP/Campinas',
    result,
    programIds,
  },
});

describe('eligibility', () => {
  it('takes a whole subtree of groups and territories, and both must match', () => {
    const inSaoPaulo = { groups: ['retail'], territories: ['BR/SP'] };
    expect(isEligible(ana, inSaoPaulo)).toBe(true);
    expect(isEligible({ ...ana, territory: 'BR/SPX' }, inSaoPaulo)).toBe(false);
    expect(isEligible({ ...ana, territory: 'BR' }, inSaoPaulo)).toBe(false);
    expect(isEligible({ ...ana, territory: undefined }, inSaoPaulo)).toBe(false);
    expect(isEligible({ ...ana, groups: [] }, inSaoPaulo)).toBe(false);
    expect(isEligible({ groups: [] }, { groups: [], territories: [] })).toBe(true);
  });
});

describe('auto-enrolment', () => {
  it('enrols into the one programme that matches', () => {
    const programs = [
      program('retail'),
      program('corporate', { eligibility: { groups: ['b2b'] } }),
    ];
    expect(enrolAutomatically({ ...ana, programs }, given())).toEqual({
      outcome: 'accepted',
      events: [assessed('enrolled', ['retail']), enrolled],
    });
  });

  it('enrols nobody where several match, and says so', () => {
    const programs = [program('retail'), program('club')];
    expect(enrolAutomatically({ ...ana, programs }, given())).toEqual({
      outcome: 'accepted',
      events: [assessed('conflict', ['club', 'retail'])],
    });
  });

  it('does nothing where none matches: not automatic, not valid today, not eligible', () => {
    const programs = [
      program('manual', { autoEnrol: false }),
      program('over', { validTo: '2026-04-30' }),
      program('north', { eligibility: { territories: ['BR/AM'] } }),
    ];
    expect(enrolAutomatically({ ...ana, programs }, given())).toEqual({
      outcome: 'accepted',
      events: [assessed('none', [])],
    });
  });

  it('run again with the same outcome changes nothing', () => {
    const programs = [program('retail')];
    const before = given(assessed('enrolled', ['retail']), enrolled);
    expect(enrolAutomatically({ ...ana, programs }, before)).toMatchObject({ events: [] });
  });

  it('of those there already counts the programme that asks for them', () => {
    const programs = [program('retail', { autoEnrol: false })];
    const command = { ...ana, programs, enrolExistingInto: 'retail' };
    expect(enrolAutomatically(command, given(assessed('none', [])))).toMatchObject({
      events: [{ type: 'EligibilityAssessed' }, { type: 'ParticipantEnrolled' }],
    });
  });
});

describe('manual enrolment', () => {
  it('asks for no eligibility, and happens once', () => {
    const command = { participantId: 'ana', programId: 'retail', now: NOW };
    expect(enrolManually(command, given())).toMatchObject({
      events: [{ type: 'ParticipantEnrolled', data: { manner: 'manual' } }],
    });
    expect(enrolManually(command, given(enrolled))).toMatchObject({ events: [] });
  });
});
