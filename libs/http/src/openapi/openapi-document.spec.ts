import { ExactlyOneOf } from '../fields/exactly-one-of';
import { fieldTypes } from '../fields/field-types';
import {
  Identifier,
  ListOf,
  Nested,
  Optional,
  OptionalOrNull,
  PositivePoints,
  Text,
} from '../fields/fields';
import { PageQuery } from '../pages';
import { openApiDocument } from './openapi-document';

class Party {
  @Identifier() id!: string;
}

class Held {
  @Identifier() holdId!: string;
}

@ExactlyOneOf('ttl', 'until')
class Hold {
  @PositivePoints() points!: number;
  @Nested(() => Party) party!: Party;
  @Optional() @ListOf(() => Party, { max: 2 }) others?: Party[];
  @Optional() @ListOf(fieldTypes.code, { max: 2 }) codes?: string[];
  @OptionalOrNull() @Text() ttl?: string | null;
  @Optional() @Text() until?: string;
}

const document = openApiDocument(
  [
    {
      method: 'POST',
      path: '/v1/accounts/:accountId/holds',
      endpoint: {
        summary: 'Hold points',
        roles: ['pos'],
        idempotency: 'required',
        status: 201,
        body: Hold,
        answer: Held,
        problems: { insufficient_points: 409 },
      },
    },
    {
      method: 'GET',
      path: '/v1/accounts',
      endpoint: {
        summary: 'List',
        roles: 'public',
        idempotency: 'none',
        query: PageQuery,
        answer: [Held],
      },
    },
    {
      method: 'GET',
      path: '/v1/events/stream',
      endpoint: {
        summary: 'Follow',
        roles: 'public',
        idempotency: 'none',
        headers: { 'Last-Event-ID': 'Goes on after it.' },
      },
    },
  ],
  { title: 'Fidelis', version: '1', description: 'Points.' },
) as unknown as Shown;

interface Shown {
  readonly paths: Record<string, { post: ShownOperation; get: ShownOperation }>;
  readonly components: { readonly schemas: Record<string, object> };
}
interface ShownOperation {
  readonly responses: Record<
    string,
    { content: Record<string, { schema: object }>; 'x-codes': string[] }
  >;
}

describe('the OpenAPI document', () => {
  it('names the headers that an operation looks at', () => {
    expect(document.paths['/v1/events/stream']?.get).toMatchObject({
      parameters: [{ name: 'Last-Event-ID', in: 'header', required: false }],
    });
  });

  it('names parameters, key, body, answer and roles of an operation', () => {
    const operation = document.paths['/v1/accounts/{accountId}/holds']?.post;
    expect(operation).toMatchObject({
      operationId: 'postAccountsByAccountIdHolds',
      tags: ['accounts'],
      security: [{ key: [] }],
      'x-roles': ['admin', 'pos'],
      parameters: [
        { name: 'accountId', in: 'path', required: true },
        { name: 'Idempotency-Key', in: 'header', required: true },
      ],
      requestBody: {
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Hold' } } },
      },
    });
    expect(operation?.responses['201']?.content['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/Held',
    });
    expect(operation?.responses['409']?.['x-codes']).toEqual([
      'idempotency_in_progress',
      'insufficient_points',
    ]);
    expect(Object.keys(operation?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '422',
      '429',
      '503',
    ]);
  });

  it('shows a DTO as it is checked, with references to the DTOs inside', () => {
    expect(document.components.schemas.Hold).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['party', 'points'],
      allOf: [{ oneOf: [{ required: ['ttl'] }, { required: ['until'] }] }],
      properties: {
        points: { type: 'integer', minimum: 1, maximum: 9007199254740991 },
        party: { type: 'object', $ref: '#/components/schemas/Party' },
        others: { type: 'array', maxItems: 2, items: { $ref: '#/components/schemas/Party' } },
        codes: {
          type: 'array',
          maxItems: 2,
          items: {
            type: 'string',
            minLength: 1,
            maxLength: 64,
            pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
          },
        },
        ttl: { anyOf: [{ type: 'string', minLength: 1, maxLength: 1000 }, { type: 'null' }] },
        until: { type: 'string', minLength: 1, maxLength: 1000 },
      },
    });
  });

  it('lets answers gain fields, and shows a list as a page', () => {
    expect(document.components.schemas.Held).toMatchObject({ required: ['holdId'] });
    expect(document.components.schemas.Held).not.toHaveProperty('additionalProperties');
    const list = document.paths['/v1/accounts']?.get.responses['200'];
    expect(list?.content['application/json']?.schema).toMatchObject({
      type: 'object',
      required: ['data'],
      properties: {
        data: { type: 'array', items: { $ref: '#/components/schemas/Held' } },
        nextCursor: { type: 'string' },
      },
    });
  });

  it('shows the fields of a query as parameters, and public paths without security', () => {
    expect(document.paths['/v1/accounts']?.get).toMatchObject({
      security: [],
      parameters: [
        {
          name: 'limit',
          in: 'query',
          required: false,
          schema: { type: 'integer', minimum: 1, maximum: 200 },
        },
        { name: 'cursor', in: 'query' },
        { name: 'fresh', in: 'query', schema: { type: 'boolean' } },
      ],
    });
  });
});
