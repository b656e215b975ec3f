import type { Aggregate, Instant } from '@fidelis/kernel';
import { endOfDay, startOfDay, type AccountTerms } from '@fidelis/ledger';
import type { ProgramEvent, ProgramTerms } from './program.events';
import { toAccountTerms } from './program.terms';

/** One version of a programme's rules, with its validity as instants. */
export interface ProgramVersion {
  readonly programId: string;
  readonly version: number;
  readonly effectiveFrom: Instant;
  readonly terms: ProgramTerms;
  /** What the programme's accounts must know. */
  readonly accountTerms: AccountTerms;
  /** First instant of `validFrom`, and the first one after the end of `validTo`. */
  readonly validFromAt: Instant;
  readonly validUntilAt: Instant | null;
}

export type Program =
  | { readonly status: 'undefined' }
  | {
      readonly status: 'defined';
      readonly programId: string;
      /** Oldest first, never empty. */
      readonly versions: readonly [ProgramVersion, ...ProgramVersion[]];
    };

export type DefinedProgram = Extract<Program, { status: 'defined' }>;

export const programAggregate: Aggregate<Program, ProgramEvent> = {
  category: 'program',
  initial: { status: 'undefined' },
  evolve: evolveProgram,
};

export function evolveProgram(program: Program, { type, data }: ProgramEvent): Program {
  const { programId, version, effectiveFrom, terms } = data;
  const { validFrom, validTo, timeZone } = terms;
  const added: ProgramVersion = {
    programId,
    version,
    effectiveFrom,
    terms,
    accountTerms: toAccountTerms({ programId, version, terms }),
    validFromAt: startOfDay(validFrom, timeZone),
    validUntilAt: validTo === null ? null : endOfDay(validTo, timeZone),
  };
  switch (type) {
    case 'ProgramDefined':
      return { status: 'defined', programId, versions: [added] };
    case 'ProgramRevised':
      return program.status === 'undefined'
        ? { status: 'defined', programId, versions: [added] }
        : { ...program, versions: [...program.versions, added] };
  }
}

/**
 * The rules in force at `instant`: the newest version that is effective by then. Before the first
 * one its rules hold too, so that late tickets find some.
 */
export function termsAt(program: DefinedProgram, instant: Instant): ProgramVersion {
  const { versions } = program;
  for (let index = versions.length - 1; index > 0; index -= 1) {
    const version = versions[index];
    if (version !== undefined && version.effectiveFrom <= instant) return version;
  }
  return versions[0];
}

/** Does `instant` lie in the programme's validity (both days included)? */
export function isValidAt(version: ProgramVersion, instant: Instant): boolean {
  return (
    instant >= version.validFromAt &&
    (version.validUntilAt === null || instant < version.validUntilAt)
  );
}
