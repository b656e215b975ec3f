import type { Route } from '../edge/route-table';
import type { EndpointConfig } from '../endpoint';
import type { DtoClass } from '../fields/decorate';
import type { JsonSchema } from '../fields/field-type';
import { commonStatuses } from '../problems/common-problems';
import { PROBLEM_TYPE } from '../problems/send-problem';
import { schemaOf } from '../validation/schema-of';
import { mergeOpenApi, type DocumentInfo, type OpenApiPart } from './merge-openapi';
import { SchemaRegistry } from './schema-registry';

type Operation = Record<string, unknown>;

/**
 * OpenAPI 3.1 of what this process serves: the same objects that check requests describe them, so
 * the document cannot be stale.
 */
export function openApiDocument(routes: readonly Route[], info: DocumentInfo): object {
  return mergeOpenApi([openApiPart(routes)], info);
}

/** The same as plain JSON that a gateway merges with the parts of other processes. */
export function openApiPart(routes: readonly Route[]): OpenApiPart {
  const registry = new SchemaRegistry();
  const operations = routes.map((route) => ({
    method: route.method.toLowerCase(),
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    operation: operationOf(route, registry),
  }));
  return { operations, schemas: registry.all() };
}

function operationOf(route: Route, registry: SchemaRegistry): Operation {
  const { endpoint } = route;
  return {
    operationId: operationIdOf(route),
    summary: endpoint.summary,
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    tags: [tagOf(route)],
    security: endpoint.roles === 'public' ? [] : [{ key: [] }],
    ...(endpoint.roles === 'public' ? {} : { 'x-roles': ['admin', ...endpoint.roles] }),
    parameters: [...pathParameters(route), ...queryParameters(endpoint), ...headers(endpoint)],
    ...bodyOf(endpoint, registry),
    responses: { ...goodAnswers(endpoint, registry), ...problemsOf(route) },
  };
}

function bodyOf(endpoint: EndpointConfig, registry: SchemaRegistry): Operation {
  const { body, bodyType } = endpoint;
  if (body !== undefined) {
    const content = { 'application/json': { schema: registry.refer(body, 'body') } };
    return { requestBody: { required: true, content } };
  }
  if (bodyType === undefined || bodyType === 'application/json') return {};
  return {
    requestBody: { required: true, content: { [bodyType]: { schema: { type: 'string' } } } },
  };
}

function goodAnswers(endpoint: EndpointConfig, registry: SchemaRegistry): Operation {
  const { answer, answerTypes = ['application/json'] } = endpoint;
  const schema = answer === undefined ? {} : answerSchema(answer, registry);
  const content = Object.fromEntries(answerTypes.map((type) => [type, { schema }]));
  const statuses = [endpoint.status ?? 200, ...(endpoint.otherStatuses ?? [])];
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      status === 204 ? { description: 'Done' } : { description: describe(status), content },
    ]),
  );
}

function answerSchema(
  answer: DtoClass | readonly [DtoClass],
  registry: SchemaRegistry,
): JsonSchema {
  if (typeof answer === 'function') return registry.refer(answer, 'answer');
  const rows = { type: 'array', items: registry.refer(answer[0], 'answer') };
  return {
    type: 'object',
    required: ['data'],
    properties: { data: rows, nextCursor: { type: 'string' } },
  };
}

function describe(status: number): string {
  if (status === 201) return 'Created';
  return status === 202 ? 'Accepted: the outcome follows' : 'Done';
}

/** Codes by status: those of the edge that can happen here, and the endpoint's own. */
function problemsOf({ endpoint, path }: Route): Operation {
  const codes: Record<string, number> = { ...edgeCodes(endpoint), ...endpoint.problems };
  if (path.includes(':')) codes.not_found = 404;
  const byStatus: Partial<Record<string, string[]>> = {};
  for (const [code, status] of Object.entries(codes)) (byStatus[status] ??= []).push(code);
  const schema = { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, list = []]) => [
      status,
      { description: list.join(', '), 'x-codes': list, content: { [PROBLEM_TYPE]: { schema } } },
    ]),
  );
}

function edgeCodes(endpoint: EndpointConfig): Record<string, number> {
  const { malformed, validation_failed, unauthenticated, forbidden } = commonStatuses;
  const { payload_too_large, unsupported_media_type, rate_limited, unavailable } = commonStatuses;
  const hasBody = endpoint.body !== undefined || endpoint.bodyType !== undefined;
  const counts = endpoint.idempotency === 'required' || endpoint.idempotency === 'optional';
  const { idempotency_in_progress, idempotency_key_reused } = commonStatuses;
  const { idempotency_key_missing } = commonStatuses;
  return {
    malformed,
    validation_failed,
    ...(endpoint.roles !== 'public' && { unauthenticated, forbidden, rate_limited }),
    ...(hasBody && { payload_too_large, unsupported_media_type }),
    ...(counts && { idempotency_in_progress, idempotency_key_reused }),
    ...(endpoint.idempotency === 'required' && { idempotency_key_missing }),
    unavailable,
  };
}

function pathParameters({ path }: Route): readonly Operation[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
}

function queryParameters({ query }: EndpointConfig): readonly Operation[] {
  if (query === undefined) return [];
  const schema = schemaOf(query, () => ({ type: 'object' }));
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries(schema.properties as object).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property as JsonSchema,
  }));
}

function headers({ idempotency, headers: own = {} }: EndpointConfig): readonly Operation[] {
  const described = Object.entries(own).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  if (idempotency !== 'required' && idempotency !== 'optional') return described;
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  const required = idempotency === 'required';
  return [{ name: 'Idempotency-Key', in: 'header', required, schema }, ...described];
}

/** `GET /v1/accounts/:accountId/lots` → `getAccountsByAccountIdLots`. */
function operationIdOf({ method, path }: Route): string {
  const words = path
    .split('/')
    .filter((part) => part !== '' && part !== 'v1')
    .map((part) => (part.startsWith(':') ? `By-${part.slice(1)}` : part))
    .join('-');
  return (
    method.toLowerCase() +
    words.replace(/(?:^|[^A-Za-z0-9]+)(\w)/g, (_, first: string) => first.toUpperCase())
  );
}

const tagOf = ({ path }: Route): string =>
  path.split('/').find((part) => part !== '' && part !== 'v1') ?? 'gateway';
