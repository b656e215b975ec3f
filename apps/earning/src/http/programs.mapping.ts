import { validationFailed } from '@fidelis/http';
import {
  termsAt,
  withDefaults,
  type DefinedProgram,
  type ExpiryDraft,
  type ProgramDraft,
  type ProgramTerms,
  type ProgramVersion,
} from '../domain/program';
import { programProblems } from './earning.problems';
import type { ExpiryBody, ProgramBody } from './programs.requests';

export function toProgramTerms(body: ProgramBody & { effectiveFrom?: string }): ProgramTerms {
  const { id: _id, effectiveFrom: _effectiveFrom, expiry, ...rest } = body;
  const draft: ProgramDraft = {
    ...rest,
    ...(expiry !== undefined && { expiry: toExpiry(expiry) }),
  };
  return withDefaults(draft);
}

/** The programme as clients see it: the shape that they sent, with its defaults. */
export function toProgramAnswer({ programId, version, effectiveFrom, terms }: ProgramVersion) {
  return { id: programId, version, effectiveFrom, ...terms };
}

export function versionOf(
  program: DefinedProgram,
  { version, now }: { readonly version?: number | undefined; readonly now: string },
): ProgramVersion | undefined {
  if (version === undefined) return termsAt(program, now);
  return program.versions.find((candidate) => candidate.version === version);
}

type SupportedPolicy = Exclude<ExpiryBody['policy'], 'inactivity'>;

/** A field of another policy would be kept by nobody; one that says nothing (`null`) may be there. */
const FIELDS_OF: Readonly<Record<SupportedPolicy, readonly (keyof ExpiryBody)[]>> = {
  never: ['toWallet'],
  rolling: ['after', 'roundTo', 'toWallet'],
  fixed: ['dates', 'toWallet'],
};

function toExpiry(body: ExpiryBody): ExpiryDraft {
  const { policy, after, roundTo, dates } = body;
  if (policy === 'inactivity') {
    const detail = 'the expiry policy inactivity is not supported yet';
    throw programProblems.problem('not_supported', detail);
  }
  refuseStrangeFields(policy, body);
  const escrow = body.toWallet == null ? {} : { toWallet: body.toWallet };
  switch (policy) {
    case 'never':
      return { policy };
    case 'rolling':
      return { policy, after: needed(after, 'after'), roundTo: roundTo ?? null, ...escrow };
    case 'fixed':
      return { policy, dates: needed(dates, 'dates'), ...escrow };
  }
}

function refuseStrangeFields(policy: SupportedPolicy, body: ExpiryBody): void {
  const own: readonly string[] = ['policy', ...FIELDS_OF[policy]];
  const strange = Object.entries(body).filter(
    ([name, value]) => value != null && !own.includes(name),
  );
  if (strange.length === 0) return;
  throw validationFailed(
    strange.map(([name]) => ({
      pointer: `/expiry/${name}`,
      code: 'unknown_field',
      detail: `${name} has no meaning for ${policy}`,
    })),
  );
}

function needed<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  const detail = `${name} is needed by this policy`;
  throw validationFailed([{ pointer: `/expiry/${name}`, code: 'required', detail }]);
}
