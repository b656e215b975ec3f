import type { FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { EndpointConfig } from '../endpoint';
import type { DtoClass } from '../fields/decorate';
import { commonProblem, validationFailed } from '../problems/common-problems';
import type { Problem } from '../problems/problem';
import { queryReadersOf } from '../validation/schema-of';
import { errorsOf, validatedQuery } from '../validation/validate-body';
import { endpointOf, type EdgeRequest } from './edge-request';

const JSON_TYPE = 'application/json';

/** What can be refused before a byte of the body is read. */
export function checkHead(request: FastifyRequest): Problem | undefined {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return commonProblem('unsupported_media_type', 'send the body without a Content-Encoding');
  }
  const wanted = endpointOf(request)?.bodyType ?? JSON_TYPE;
  if (type !== undefined && !isOfType(type, wanted) && hasBody(request.headers)) {
    return commonProblem('unsupported_media_type', `the body must be ${wanted}, in UTF-8`);
  }
  if (request.url.includes('%00')) return commonProblem('malformed', 'the URL must not hold NUL');
  return undefined;
}

/** Body and query against the endpoint's DTOs. Both stay plain objects. */
export const checkContentHook: preHandlerHookHandler = (request, _reply, done) => {
  const endpoint = endpointOf(request);
  if (endpoint !== undefined) {
    try {
      checkQuery(request, endpoint);
    } catch (error) {
      done(error as Error);
      return;
    }
  }
  if (endpoint?.body !== undefined) {
    // A POST without any body may be one whose fields are all optional.
    if (request.body === undefined) request.body = {};
    const errors = errorsOf(endpoint.body, request.body);
    if (errors.length > 0) {
      done(validationFailed(errors));
      return;
    }
  }
  done();
};

function checkQuery(request: FastifyRequest, { query }: EndpointConfig): void {
  const given = request.query as Record<string, unknown>;
  if ('dryRun' in given && request.method !== 'GET') requireDryRun(request as EdgeRequest, given);
  if (query !== undefined) request.query = validatedQuery(query, given);
}

/** Who asks for a dry run must not find afterwards that it was not one. */
function requireDryRun(request: EdgeRequest, { dryRun }: Record<string, unknown>): void {
  const query = endpointOf(request)?.query;
  const takes = request.forwarded?.takesDryRun ?? (query !== undefined && takesDryRun(query));
  if (takes || dryRun === 'false') return;
  const detail = 'this call cannot be rehearsed; nothing was done';
  throw validationFailed([{ pointer: '/dryRun', code: 'unknown_field', detail }]);
}

export function takesDryRun(query: DtoClass): boolean {
  return queryReadersOf(query).has('dryRun');
}

function isOfType(header: string, wanted: string): boolean {
  if (header === wanted) return true;
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  return type.trim() === wanted && parameters.every(isUtf8OrNoCharset);
}

const UTF8 = /^\s*charset\s*=\s*"?(utf-?8|us-ascii)"?\s*$/;

function isUtf8OrNoCharset(parameter: string): boolean {
  return !/^\s*charset\b/.test(parameter) || UTF8.test(parameter);
}

function hasBody(headers: Readonly<Record<string, unknown>>): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
