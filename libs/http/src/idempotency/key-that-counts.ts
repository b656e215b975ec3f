import type { EdgeRequest } from '../edge/edge-request';
import { endpointOf } from '../edge/edge-request';
import { commonProblem, validationFailed } from '../problems/common-problems';

const KEY_LENGTH_MAX = 255;

/** The `Idempotency-Key` of this request, where its endpoint looks at it. Throws a 400. */
export function keyThatCounts(request: EdgeRequest): string | undefined {
  const rule = endpointOf(request)?.idempotency ?? 'none';
  if (rule === 'none' || rule === 'business-id' || isDryRun(request)) return undefined;
  const key = request.headers['idempotency-key'];
  if (key !== undefined && key !== '') return checkedKey(request, key);
  // The process that takes the request says what is wrong with its body first, as everywhere.
  if (rule === 'optional' || request.forwarded !== undefined) return undefined;
  throw commonProblem('idempotency_key_missing', 'send an Idempotency-Key header');
}

function checkedKey(request: EdgeRequest, key: string | readonly string[]): string | undefined {
  if (typeof key === 'string' && key.length <= KEY_LENGTH_MAX) return key;
  if (request.forwarded !== undefined) return undefined;
  const detail = `Idempotency-Key must have 1 to ${KEY_LENGTH_MAX} characters`;
  throw validationFailed([{ pointer: '/headers/idempotency-key', code: 'text', detail }]);
}

function isDryRun({ query, forwarded }: EdgeRequest): boolean {
  const { dryRun } = query as { dryRun?: unknown };
  return dryRun === true || (dryRun === 'true' && forwarded?.takesDryRun === true);
}
