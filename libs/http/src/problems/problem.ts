import type { Rejection } from '@fidelis/kernel';

/** One thing that is wrong with a request; `pointer` is a JSON pointer into body or query. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Shown beside the standard members: `available`, `requested`, `spends` … */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the domain calls an operation's id is the client's key. */
const PUBLIC_CODES: Readonly<Record<string, string>> = {
  operation_reused: 'idempotency_key_reused',
};

/** Thrown by controllers and hooks; answered as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: ProblemOptions) {
    super(options.detail);
    this.name = 'Problem';
    this.code = PUBLIC_CODES[options.code] ?? options.code;
    this.status = options.status;
    this.fields = options.fields ?? {};
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

export interface ProblemsOf<Code extends string> {
  /** For OpenAPI and docs/reference/errors.md. */
  readonly statuses: Readonly<Record<Code, number>>;
  /** What the API answers to a rejection: its code, its status, its further fields. */
  of(rejection: Rejection & { readonly code: Code }): Problem;
  /** The same from the parts. */
  problem(code: Code, detail: string, fields?: Readonly<Record<string, unknown>>): Problem;
}

/**
 * A service's codes and their statuses, exhaustive by type:
 * `defineProblems<AccountRejection['code']>({ insufficient_points: 409, … })`.
 */
export function defineProblems<Code extends string>(
  statuses: Readonly<Record<Code, number>>,
): ProblemsOf<Code> {
  const problem: ProblemsOf<Code>['problem'] = (code, detail, fields = {}) =>
    new Problem({ code, status: statuses[code], detail, fields });
  return {
    statuses,
    problem,
    of: ({ code, detail, ...fields }) => problem(code, detail, fields),
  };
}
