import { HttpException } from '@nestjs/common';
import { EventTooLarge } from '@fidelis/event-store';
import { ContractError, OperationalError } from '@fidelis/kernel';
import type { CommonCode } from './common-problems';
import { commonProblem, unavailable } from './common-problems';
import { Problem } from './problem';

const codesByStatus: Readonly<Record<number, CommonCode>> = {
  400: 'malformed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
};

/** What a client is told of any error; `undefined`: a fault of ours, a 500 and a log line. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof OperationalError) return unavailable('try again in a moment');
  if (error instanceof ContractError) return commonProblem('malformed', error.message);
  if (error instanceof EventTooLarge) {
    return commonProblem('payload_too_large', 'the content is too large to be stored');
  }
  const status = statusOf(error);
  if (status === 503) return unavailable('shutting down or overloaded');
  const code = codesByStatus[status];
  return code === undefined ? undefined : commonProblem(code, detailOf(code, error));
}

export const internalError = (): Problem =>
  commonProblem('internal_error', 'something went wrong on our side; it has been logged');

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  // Fastify's own errors, from the router, the parser and the limits.
  if (error instanceof Error && 'statusCode' in error && 'code' in error) {
    return typeof error.statusCode === 'number' ? error.statusCode : 500;
  }
  return 500;
}

function detailOf(code: CommonCode, error: unknown): string {
  if (code === 'not_found') return 'there is nothing at this path';
  const message = error instanceof Error ? error.message : code;
  return message.replace(/[^\x20-\x7e]/g, '?').slice(0, 300);
}
