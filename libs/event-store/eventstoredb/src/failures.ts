import { OperationalError } from '@fidelis/kernel';
import { Metadata, status } from '@grpc/grpc-js';

/** The deadline passed. Whether the server did it all the same is not known. */
export class DeadlinePassed extends OperationalError {
  constructor(what: string, ms: number) {
    super(`${what}: the event store did not answer within ${ms} ms`, { outcomeUnknown: true });
    this.name = 'DeadlinePassed';
  }
}

/** The server was still answering: what had come until then is right, and there may be more. */
export class AnswerLate extends OperationalError {
  constructor(what: string) {
    super(`${what}: the event store did not answer in time`);
  }
}

/** The server says that the log has no such place: it is not the log that it was noted in. */
export class PlaceUnknown extends OperationalError {
  constructor(what: string, text: string) {
    super(`${what}: ${text}`);
  }
}

/**
 * What a call failed with, as the port says it. The client's own errors and raw gRPC errors both
 * come here; only their code and text are kept, never a URL or credentials.
 */
export function toOperationalError(what: string, error: unknown): OperationalError {
  if (error instanceof OperationalError) return error;
  if (codeOf(error) === status.DEADLINE_EXCEEDED) {
    return new AnswerLate(what);
  }
  if (isPlaceUnknown(error)) return new PlaceUnknown(what, textOf(error));
  return new OperationalError(`${what}: ${textOf(error)}`);
}

/** By the server's own words: the code alone stands for other failures, too, and proves nothing. */
function isPlaceUnknown(error: unknown): boolean {
  return codeOf(error) === status.INVALID_ARGUMENT && /invalid position/i.test(textOf(error));
}

/** A refusal that the same call would meet again. */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === status.PERMISSION_DENIED || code === status.UNAUTHENTICATED;
}

/** The connection broke, or another node leads now: the same read may succeed in a moment. */
export function isBrokenConnection(error: unknown): boolean {
  const code = codeOf(error);
  const isBroken = code === status.UNAVAILABLE || code === status.CANCELLED;
  return isBroken || exceptionOf(error) === 'not-leader';
}

/** Most versions tell it in the answer, some as a failure. */
export function isStreamNotFound(error: unknown): boolean {
  return exceptionOf(error) === 'stream-not-found';
}

/** The server's own name of a failure; gRPC's code is "not found" for an absent leader, too. */
function exceptionOf(error: unknown): unknown {
  const metadata = typeof error === 'object' && error !== null && 'metadata' in error;
  if (!metadata || !(error.metadata instanceof Metadata)) return undefined;
  return error.metadata.get('exception')[0];
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
