import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from './problem';

export const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457's members, ours (`code`, `requestId`), and what helps the client. */
export function toProblemBody(problem: Problem, request: { id: string; url: string }): object {
  // RFC 9457 owns `status`; a resource's own one stands beside it.
  const { status: currentStatus, ...fields } = problem.fields;
  return {
    type: `urn:fidelis:problem:${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    instance: pathOf(request.url),
    requestId: request.id,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
    ...fields,
    ...(currentStatus === undefined ? {} : { currentStatus }),
  };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const body = JSON.stringify(toProblemBody(problem, request));
  void reply.code(problem.status).headers(problem.headers).type(PROBLEM_TYPE).send(body);
}

// The query string stays out: it may hold what logs and answers should not repeat.
function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}
