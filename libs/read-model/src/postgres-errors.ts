import { types } from 'node:util';
import { OperationalError } from '@fidelis/kernel';

/** By SQLSTATE: lost connection, out of resources, chosen as a deadlock's victim, stopped. */
const PASSING_CLASSES: ReadonlySet<string> = new Set(['08', '40', '53', '57']);
/** A lock was not to be had in time; idle too long within a transaction; a server in recovery. */
const PASSING_CODES: ReadonlySet<string> = new Set(['55P03', '25P03', '25006']);
/** Of Node's sockets. */
const SOCKET_CODES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
]);
/** The driver gives these no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Client (was closed|has encountered a connection error)|timeout exceeded when trying to connect|timeout expired|Query read timeout)/;

/**
 * What fails for now becomes `OperationalError`, as every port says it; all else stays as it is.
 * `sent`: the statement may have been carried out although its answer never came.
 */
export function toPortError(error: unknown, sent: boolean): unknown {
  if (!types.isNativeError(error) || error instanceof OperationalError) return error;
  if (isConnectionError(error)) {
    return new OperationalError(`PostgreSQL: ${describe(error)}`, {
      cause: error,
      outcomeUnknown: sent,
    });
  }
  return isPassing(error)
    ? new OperationalError(`PostgreSQL: ${error.message}`, { cause: error })
    : error;
}

/** The connection is of no use any more. */
export function isConnectionError(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const code = codeOf(error);
  const ended = code.startsWith('08') || code.startsWith('57P') || code === '25P03';
  return ended || SOCKET_CODES.has(code) || DRIVER_MESSAGES.test(error.message);
}

function isPassing(error: Error): boolean {
  const code = codeOf(error);
  return PASSING_CODES.has(code) || (code.length === 5 && PASSING_CLASSES.has(code.slice(0, 2)));
}

/** A refused connection of several addresses has no message of its own. */
function describe(error: Error): string {
  return error.message === '' ? codeOf(error) : error.message;
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
