import { OperationalError } from '@fidelis/kernel';
import { status } from '@grpc/grpc-js';

/** The deadline passed. Whether the server did it all the same is not known. */
export class DeadlinePassed extends OperationalError {
  constructor(what: string, ms: number) {
    super(`${what}: the event store did not answer within ${ms} ms`, { outcomeUnknown: true });
    this.name = 'DeadlinePassed';
  }
}

/**
 * What a call failed with, as the port says it. The client's own errors and raw gRPC errors both
 * come here; only their code and text are kept, never a URL or credentials.
 */
export function toOperationalError(what: string, error: unknown): OperationalError {
  if (error instanceof OperationalError) return error;
  if (codeOf(error) === status.DEADLINE_EXCEEDED) {
    return new OperationalError(`${what}: the event store did not answer in time`);
  }
  return new OperationalError(`${what}: ${textOf(error)}`);
}

/** Connections break, leaders change, servers are busy: the same call may succeed in a moment. */
export function isWorthRetrying(error: unknown): boolean {
  const code = codeOf(error);
  return code !== status.PERMISSION_DENIED && code !== status.UNAUTHENTICATED;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function textOf(error: unknown): string {
  const details = typeof error === 'object' && error !== null && 'details' in error;
  if (details && typeof error.details === 'string')
    return `${error.details} (${String(codeOf(error))})`;
  return error instanceof Error ? error.message : 'failed';
}
