import { canonicalJson, derivedId, fingerprintOf, newId } from '@fidelis/kernel';
import { callerOf } from './caller';
import type { EdgeRequest } from './edge/edge-request';

/** What a command carries so that the same request twice changes nothing. */
export interface HttpOperation {
  readonly id: string;
  readonly fingerprint: string;
  readonly actor: string;
}

/**
 * From caller, path and `Idempotency-Key`: a retry, also after a crash, gets the same id. Without
 * a key (allowed where a call is idempotent by its state) every request is an operation of its own.
 */
export function operationOf(request: EdgeRequest): HttpOperation {
  const caller = callerOf(request);
  const { idempotencyKey } = request;
  const id =
    idempotencyKey === undefined
      ? newId()
      : derivedId('http', caller.keyId, pathOf(request), idempotencyKey);
  return { id, fingerprint: contentFingerprint(request), actor: caller.actor };
}

/** For what is created under a business id: `businessOperation(request, 'ticket', source, id)`. */
export function businessOperation(
  request: EdgeRequest,
  ...businessId: readonly string[]
): HttpOperation {
  return {
    id: derivedId(...businessId),
    fingerprint: contentFingerprint(request),
    actor: callerOf(request).actor,
  };
}

/** Equal for equal content, whatever the order of the body's fields. */
export function contentFingerprint(request: EdgeRequest): string {
  request.contentFingerprint ??= fingerprintOf(
    `${request.method}\n${canonicalJson(request.query)}\n${canonicalJson(request.body ?? null)}`,
  );
  return request.contentFingerprint;
}

/** Method and path without the query string. */
export function pathOf(request: EdgeRequest): string {
  const mark = request.url.indexOf('?');
  return `${request.method} ${mark < 0 ? request.url : request.url.slice(0, mark)}`;
}
