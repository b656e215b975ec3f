import type { FieldError } from './problem';
import { Problem } from './problem';

/** What every endpoint may answer, whatever its service. */
export const commonStatuses = {
  malformed: 400,
  validation_failed: 400,
  idempotency_key_missing: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  already_exists: 409,
  conflict: 409,
  idempotency_in_progress: 409,
  revision_mismatch: 412,
  payload_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  expectation_failed: 417,
  idempotency_key_reused: 422,
  clock_backwards: 422,
  rate_limited: 429,
  headers_too_large: 431,
  internal_error: 500,
  unavailable: 503,
} as const;

export type CommonCode = keyof typeof commonStatuses;

export function commonProblem(
  code: CommonCode,
  detail: string,
  extra: { fields?: Record<string, unknown>; headers?: Record<string, string> } = {},
): Problem {
  return new Problem({ code, status: commonStatuses[code], detail, ...extra });
}

export const notFound = (what: string): Problem =>
  commonProblem('not_found', `${what} does not exist`);

export const forbidden = (detail: string): Problem => commonProblem('forbidden', detail);

/** `reason` is for people; the caller may try again after the seconds. */
export const unavailable = (detail: string, retryAfterSeconds = 1): Problem =>
  commonProblem('unavailable', detail, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });

/** 400, or 413 where something is too much of what would be right. */
export const validationFailed = (errors: readonly FieldError[]): Problem => {
  const tooLarge = errors.some(({ code }) => code === 'payload_too_large');
  const code = tooLarge ? 'payload_too_large' : 'validation_failed';
  return new Problem({
    code,
    status: commonStatuses[code],
    detail: errors.map(({ pointer, detail }) => `${pointer}: ${detail}`.trim()).join('; '),
    errors,
  });
};
