import { accepted, derivedId, type Decision, type Instant } from '@fidelis/kernel';
import { isValidAt, termsAt, type DefinedProgram } from '../program';
import type { EligibilityAssessed, EnrolmentEvent, ParticipantEnrolled } from './enrolment.events';
import type { Enrolment } from './enrolment.state';

export interface EnrolAutomatically {
  readonly participantId: string;
  readonly groups: readonly string[];
  readonly territory?: string | undefined;
  readonly programs: readonly DefinedProgram[];
  /** A programme that enrols whoever is there already, though it may not enrol newcomers. */
  readonly enrolExistingInto?: string | undefined;
  readonly now: Instant;
}

export interface EnrolManually {
  readonly participantId: string;
  readonly programId: string;
  readonly now: Instant;
}

type Person = Pick<EnrolAutomatically, 'groups' | 'territory'>;

/**
 * Exactly one matching programme enrols the participant, none does nothing, several are a conflict
 * that is recorded. Assessed again with the same outcome: nothing to do.
 */
export function enrolAutomatically(
  command: EnrolAutomatically,
  enrolment: Enrolment,
): Decision<EnrolmentEvent> {
  const { participantId, groups, territory, now } = command;
  const programIds = matchingPrograms(command);
  const [only] = programIds;
  const result = programIds.length > 1 ? 'conflict' : only === undefined ? 'none' : 'enrolled';
  const assessed: EligibilityAssessed = {
    type: 'EligibilityAssessed',
    data: {
      participantId,
      groups,
      ...(territory !== undefined && { territory }),
      result,
      programIds,
    },
  };
  const news = isKnown(assessed.data, enrolment.assessed) ? [] : [assessed];
  if (result !== 'enrolled' || only === undefined || isMember(enrolment, only)) {
    return accepted<EnrolmentEvent>(...news);
  }
  return accepted<EnrolmentEvent>(...news, enrolled(command, only, { manner: 'automatic', now }));
}

/** A person's decision: eligibility is not asked. */
export function enrolManually(
  command: EnrolManually,
  enrolment: Enrolment,
): Decision<ParticipantEnrolled> {
  const { programId, now } = command;
  if (isMember(enrolment, programId)) return accepted();
  return accepted(enrolled(command, programId, { manner: 'manual', now }));
}

/** The account's id, and the membership's: one per participant and programme, always the same. */
export function accountIdOf(participantId: string, programId: string): string {
  return derivedId('account', participantId, programId);
}

/** Groups and territories are paths: `BR/SP` takes `BR/SP/Campinas`. Both must match. */
export function isEligible(
  { groups, territory }: Person,
  eligibility: { readonly groups: readonly string[]; readonly territories: readonly string[] },
): boolean {
  const inGroup =
    eligibility.groups.length === 0 ||
    groups.some((group) => eligibility.groups.some((path) => liesUnder(group, path)));
  const inTerritory =
    eligibility.territories.length === 0 ||
    (territory !== undefined && eligibility.territories.some((path) => liesUnder(territory, path)));
  return inGroup && inTerritory;
}

function matchingPrograms(command: EnrolAutomatically): readonly string[] {
  const { programs, enrolExistingInto, now } = command;
  return programs
    .filter((program) => {
      const version = termsAt(program, now);
      const { autoEnrol, eligibility } = version.terms;
      const enrols = autoEnrol || program.programId === enrolExistingInto;
      return enrols && isValidAt(version, now) && isEligible(command, eligibility);
    })
    .map((program) => program.programId)
    .sort();
}

function liesUnder(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

function isMember(enrolment: Enrolment, programId: string): boolean {
  return enrolment.memberships.some((membership) => membership.programId === programId);
}

function isKnown(
  now: EligibilityAssessed['data'],
  before: EligibilityAssessed['data'] | undefined,
): boolean {
  return before !== undefined && JSON.stringify(now) === JSON.stringify(before);
}

function enrolled(
  { participantId }: { readonly participantId: string },
  programId: string,
  { manner, now }: { readonly manner: 'automatic' | 'manual'; readonly now: Instant },
): ParticipantEnrolled {
  const accountId = accountIdOf(participantId, programId);
  return {
    type: 'ParticipantEnrolled',
    data: { participantId, programId, accountId, manner, enrolledAt: now },
  };
}
