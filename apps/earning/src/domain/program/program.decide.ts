import {
  accepted,
  canonicalJson,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import type { ProgramDefined, ProgramRevised, ProgramTerms } from './program.events';
import type { Program } from './program.state';
import { findInvalidTerms, type InvalidTerms } from './program.validation';

export interface DefineProgram {
  readonly programId: string;
  readonly terms: ProgramTerms;
  readonly now: Instant;
}

export interface ReviseProgram extends DefineProgram {
  /** Absent: now. */
  readonly effectiveFrom?: Instant | undefined;
}

export interface ProgramAlreadyExists extends Rejection {
  readonly code: 'already_exists';
}

export interface CurrencyIsFixed extends Rejection {
  readonly code: 'currency_is_fixed';
}

export type ProgramRejection = InvalidTerms | ProgramAlreadyExists | CurrencyIsFixed;

/** A new programme. The same id with the same rules: nothing to do; with others: refused. */
export function defineProgram(
  { programId, terms, now }: DefineProgram,
  program: Program,
): Decision<ProgramDefined, InvalidTerms | ProgramAlreadyExists> {
  if (program.status === 'defined') {
    return sameRules(program.versions[0].terms, terms)
      ? accepted()
      : rejected({ code: 'already_exists', detail: `programme ${programId} has other rules` });
  }
  const invalid = findInvalidTerms(terms);
  if (invalid !== undefined) return rejected(invalid);
  const data = { programId, version: 1 as const, effectiveFrom: now, terms };
  return accepted({ type: 'ProgramDefined', data });
}

/** A new version of a programme, effective from now on or later; the first one defines it. */
export function reviseProgram(
  command: ReviseProgram,
  program: Program,
): Decision<ProgramDefined | ProgramRevised, ProgramRejection> {
  const { programId, terms, now, effectiveFrom = now } = command;
  if (program.status === 'undefined') return defineProgram(command, program);
  const latest = program.versions[program.versions.length - 1] ?? program.versions[0];
  if (isRepetition(command, latest)) return accepted();
  const invalid = findInvalidTerms(terms);
  if (invalid !== undefined) return rejected(invalid);
  if (terms.currency !== latest.terms.currency) {
    const detail = `the accounts are in ${latest.terms.currency}`;
    return rejected({ code: 'currency_is_fixed', detail });
  }
  if (effectiveFrom < now) {
    const detail = 'a version cannot be effective before now';
    return rejected({ code: 'invalid_period', detail });
  }
  const data = { programId, version: latest.version + 1, effectiveFrom, terms };
  return accepted({ type: 'ProgramRevised', data });
}

/** Sent again as it stands: rules and, where a date is given, the date. */
function isRepetition(
  { terms, effectiveFrom }: ReviseProgram,
  latest: { readonly terms: ProgramTerms; readonly effectiveFrom: Instant },
): boolean {
  const sameDate = effectiveFrom === undefined || effectiveFrom === latest.effectiveFrom;
  return sameDate && sameRules(latest.terms, terms);
}

function sameRules(left: ProgramTerms, right: ProgramTerms): boolean {
  return canonicalJson(left) === canonicalJson(right);
}
