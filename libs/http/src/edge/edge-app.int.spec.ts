import { connect } from 'node:net';
import { Body, Controller, Get, Module, Param, Post, Query, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Defect, OperationalError } from '@fidelis/kernel';
import type { Caller, EdgeRequest } from '../index';
import {
  answered,
  createEdgeApp,
  defineProblems,
  Endpoint,
  fieldTypes,
  Identifier,
  JsonObjectField,
  ListOf,
  MemoryIdempotencyStore,
  ndjsonAnswer,
  ndjsonLines,
  Nested,
  notFound,
  operationOf,
  Optional,
  PageQuery,
  parseLine,
  PositivePoints,
  Points,
  RouteTable,
  SignedAmountMinor,
  Text,
} from '../index';

class PartyRequest {
  @Identifier() readonly externalId!: string;
}

class LineRequest {
  @Text({ max: 20 }) readonly sku!: string;
  @SignedAmountMinor() readonly amount!: number;
}

class TicketRequest {
  @Identifier() readonly transactionId!: string;
  @Optional() @Nested(() => PartyRequest) readonly participant?: PartyRequest;
  @ListOf(() => LineRequest, { max: 3 }) readonly lines!: readonly LineRequest[];
  @Optional() @ListOf(fieldTypes.code, { max: 2 }) readonly labels?: readonly string[];
  @Optional() @JsonObjectField() readonly attributes?: object;
}

class CreditRequest {
  @PositivePoints() readonly points!: number;
}

class CreditLine {
  @Points() readonly points!: number;
}

const problems = defineProblems<'insufficient_points'>({ insufficient_points: 409 });
let handled = 0;
let defects: Defect[] = [];
let release: (() => void) | undefined;

@Controller('v1')
class TestController {
  @Post('transactions')
  @Endpoint({
    summary: 'Record a ticket',
    roles: ['pos'],
    idempotency: 'business-id',
    status: 201,
    body: TicketRequest,
    bodyBytesMax: 20_000,
  })
  ticket(@Body() body: TicketRequest): object {
    handled += 1;
    return { transactionId: body.transactionId, lines: body.lines.length };
  }

  @Post('accounts/:accountId/credits')
  @Endpoint({
    summary: 'Credit',
    roles: ['backoffice'],
    idempotency: 'required',
    status: 201,
    body: CreditRequest,
    problems: problems.statuses,
  })
  async credit(
    @Param('accountId') accountId: string,
    @Body() body: CreditRequest,
    @Req() request: EdgeRequest,
  ): Promise<object> {
    handled += 1;
    if (accountId === 'slow') await new Promise<void>((resolve) => (release = resolve));
    if (accountId === 'away') throw new OperationalError('store away');
    if (body.points > 1000) {
      const detail = 'only 1000 points are there';
      throw problems.of({ code: 'insufficient_points', detail, available: 1000 } as never);
    }
    return { accountId, points: body.points, operation: operationOf(request).id, n: handled };
  }

  @Get('accounts')
  @Endpoint({ summary: 'List', roles: ['finance'], idempotency: 'none', query: PageQuery })
  list(@Query() query: PageQuery): object {
    return query;
  }

  @Get('participants/:id')
  @Endpoint({ summary: 'Get', roles: ['participant'], idempotency: 'none', ownParam: 'id' })
  participant(@Param('id') id: string): object {
    if (id === 'nobody') throw notFound('participant nobody');
    return answered(203, { id }, { etag: '"1"' });
  }

  @Get('broken/:how')
  @Endpoint({ summary: 'Break', roles: 'public', idempotency: 'none' })
  broken(@Param('how') how: string): object {
    if (how === 'defect') throw new Defect('postings do not balance');
    throw new TypeError('secret internals');
  }

  @Post('imports')
  @Endpoint({
    summary: 'Import',
    roles: ['pos'],
    idempotency: 'none',
    bodyType: 'application/x-ndjson',
    bodyBytesMax: 'unlimited',
  })
  import(@Body() body: unknown): object {
    return ndjsonAnswer(
      (async function* () {
        for await (const lines of ndjsonLines(body)) {
          yield lines.map((line) => {
            if ('tooLong' in line) return { number: line.number, code: 'payload_too_large' };
            const parsed = parseLine(CreditLine, line.text);
            if (!parsed.ok) return { number: line.number, code: parsed.problem.code };
            return { number: line.number, points: parsed.value.points };
          });
        }
      })(),
    );
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

const callers: Readonly<Record<string, Caller>> = {
  'admin-key': { keyId: 'k1', roles: ['admin'], actor: 'key:k1' },
  'pos-key': { keyId: 'k2', roles: ['pos'], actor: 'key:k2' },
  ann: { keyId: 'p1', roles: ['participant'], participantId: 'ann', actor: 'participant:ann' },
};

let app: NestFastifyApplication;
let port: number;
const logged: object[] = [];

beforeAll(async () => {
  app = await createEdgeApp(TestModule, {
    authenticator: { authenticate: (token) => callers[token] },
    idempotency: new MemoryIdempotencyStore(),
    clock: { now: () => '2026-11-22T10:00:00.000Z' },
    log: { error: (fields) => logged.push(fields), warn: (fields) => logged.push(fields) },
    nestLogger: { log: () => undefined, error: () => undefined, warn: () => undefined },
    onDefect: (error) => defects.push(error),
    routes: new RouteTable(),
  });
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as { port: number }).port;
});

afterAll(() => app.close());

beforeEach(() => {
  handled = 0;
  defects = [];
});

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function send({ method, path, key = 'admin-key', headers = {}, body }: Sent) {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: any = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, json };
}

const ticket = { transactionId: '536365', lines: [{ sku: '85123A', amount: 100 }] };
const post = (body: unknown, more: Partial<Sent> = {}) =>
  send({ path: '/v1/transactions', body, ...more });

describe('a good request', () => {
  it('reaches the handler as plain checked JSON and is answered with a request id', async () => {
    const answer = await post({ ...ticket, participant: { externalId: '17850' } });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ transactionId: '536365', lines: 1 });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-z]{26}$/);
  });

  it('keeps the request id of the client', async () => {
    const answer = await post(ticket, { headers: { 'x-request-id': 'till-7.42' } });
    expect(answer.headers.get('x-request-id')).toBe('till-7.42');
  });

  it('has the types of its fields in the query, and drops what is not declared', async () => {
    const answer = await send({ path: '/v1/accounts?limit=7&fresh=true&other=1' });
    expect(answer.json).toEqual({ limit: 7, fresh: true });
  });

  it('may be answered with another status and headers', async () => {
    const answer = await send({ path: '/v1/participants/ann', key: 'ann' });
    expect([answer.status, answer.headers.get('etag'), answer.json]).toEqual([
      203,
      '"1"',
      { id: 'ann' },
    ]);
  });
});

describe('bad input', () => {
  const deep = `{"transactionId":"1","lines":[],"attributes":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
  const cases: readonly [string, unknown, number, string][] = [
    ['malformed JSON', '{"transactionId":', 400, 'malformed'],
    ['an empty text', '', 400, 'validation_failed'],
    ['a JSON array', [], 400, 'validation_failed'],
    ['JSON null', 'null', 400, 'validation_failed'],
    ['a JSON number', '7', 400, 'validation_failed'],
    ['a wrong type', { ...ticket, transactionId: 7 }, 400, 'validation_failed'],
    ['null for a field', { ...ticket, participant: null }, 400, 'validation_failed'],
    ['a list for an object', { ...ticket, participant: [] }, 400, 'validation_failed'],
    ['a missing field', { transactionId: '1' }, 400, 'validation_failed'],
    ['an unknown field', { ...ticket, colour: 'red' }, 400, 'validation_failed'],
    [
      'a field named constructor',
      '{"constructor":{"a":1},"transactionId":"1","lines":[]}',
      400,
      'validation_failed',
    ],
    ['__proto__', '{"__proto__":{"a":1},"transactionId":"1","lines":[]}', 400, 'malformed'],
    [
      'a huge number',
      '{"transactionId":"1","lines":[{"sku":"a","amount":9007199254740993}]}',
      400,
      'validation_failed',
    ],
    [
      '1e400',
      '{"transactionId":"1","lines":[{"sku":"a","amount":1e400}]}',
      400,
      'validation_failed',
    ],
    [
      'a fraction',
      { transactionId: '1', lines: [{ sku: 'a', amount: 1.5 }] },
      400,
      'validation_failed',
    ],
    [
      'a huge number in free data',
      '{"transactionId":"1","lines":[],"attributes":{"n":1e300}}',
      400,
      'validation_failed',
    ],
    [
      'too many lines',
      { ...ticket, lines: Array(4).fill(ticket.lines[0]) },
      400,
      'validation_failed',
    ],
    ['a list in a list', { ...ticket, lines: [[]] }, 400, 'validation_failed'],
    ['NUL in a text', { ...ticket, transactionId: 'a\u0000b' }, 400, 'malformed'],
    ['NUL in a key', { ...ticket, attributes: { 'a\u0000': 1 } }, 400, 'malformed'],
    ['half a surrogate pair', `{"transactionId":"\\ud800","lines":[]}`, 400, 'malformed'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400, 'malformed'],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 400, 'malformed'],
    ['deep nesting in free data', deep, 413, 'payload_too_large'],
    [
      'deep nesting, short',
      `{"attributes":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      400,
      'validation_failed',
    ],
    ['deep nesting, unclosed', '['.repeat(19_000), 400, 'malformed'],
    [
      'an oversized body',
      { ...ticket, attributes: { a: 'x'.repeat(30_000) } },
      413,
      'payload_too_large',
    ],
  ];
  it.each(cases)('%s is refused and never handled', async (_, body, status, code) => {
    const answer = await post(body);
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toEqual(
      expect.objectContaining({
        type: `urn:fidelis:problem:${code}`,
        title: expect.any(String),
        detail: expect.any(String),
        instance: '/v1/transactions',
        requestId: answer.headers.get('x-request-id'),
      }),
    );
    expect(handled).toBe(0);
  });

  it('is told where and why', async () => {
    const answer = await post({
      lines: [
        { sku: 'a', amount: 1 },
        { sku: '', amount: 'x' },
      ],
      more: 1,
    });
    expect(answer.json.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/more', code: 'unknown_field', detail: 'more is not known here' },
        { pointer: '/transactionId', code: 'required', detail: 'transactionId is required' },
        {
          pointer: '/lines/1/sku',
          code: 'text',
          detail: 'sku must be a text of 1 to 20 characters',
        },
        {
          pointer: '/lines/1/amount',
          code: 'signed_amount',
          detail: 'amount must be a whole number of minor units',
        },
      ]),
    );
    expect(answer.json.errors).toHaveLength(4);
  });

  it.each([
    ['another content type', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no content type that can be read', { 'content-type': ';;' }],
  ])('%s is 415', async (_, headers) => {
    const answer = await post('{}', { headers });
    expect(answer.json).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it.each([
    ['/v1/accounts?limit=0', 400, 'validation_failed'],
    ['/v1/accounts?limit=abc', 400, 'validation_failed'],
    ['/v1/accounts?limit=1&limit=2', 400, 'validation_failed'],
    ['/v1/accounts?fresh=perhaps', 400, 'validation_failed'],
    ['/v1/participants/a%00b', 400, 'malformed'],
    ['/v1/participants/%E0%A4%A', 400, 'malformed'],
    ['/v1/nowhere', 404, 'not_found'],
    ['/', 404, 'not_found'],
  ])('GET %s is refused with a problem', async (path, status, code) => {
    const answer = await send({ path });
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('a path parameter that is too long is 414', async () => {
    const answer = await send({ path: `/v1/participants/${'x'.repeat(2000)}` });
    expect(answer.json).toMatchObject({ status: 414, code: 'uri_too_long' });
  });

  it('shows no words of the router or of a stack', async () => {
    const answer = await send({ path: '/v1/broken/typo' });
    expect(answer.json).toMatchObject({ status: 500, code: 'internal_error' });
    expect(answer.text).not.toMatch(/secret|stack|TypeError|\.ts/);
    expect(logged.at(-1)).toMatchObject({ err: expect.any(TypeError), route: '/v1/broken/:how' });
  });

  it('an upload that is too large is answered before its connection closes', async () => {
    const head =
      'POST /v1/transactions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer pos-key\r\n' +
      `content-type: application/json\r\ncontent-length: ${4_000_000}\r\n\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(head);
        for (let i = 0; i < 4; i += 1) socket.write(Buffer.alloc(1_000_000, 0x20));
      });
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.endsWith('}')) socket.end();
      });
      socket.on('error', reject);
      socket.on('close', () => {
        resolve(text);
      });
    });
    expect(answer).toContain('HTTP/1.1 413');
    expect(answer).toContain('payload_too_large');
  });

  it('bytes that are no HTTP get a problem too', async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('rubbish\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => {
        resolve(text);
      });
    });
    expect(answer).toContain('HTTP/1.1 400');
    expect(answer).toContain('"code":"malformed"');
  });
});

describe('who may', () => {
  it('no key is 401, before the body is looked at', async () => {
    const answer = await post('{broken', { key: '' });
    expect(answer.json).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('an unknown key is 401', async () => {
    expect((await post(ticket, { key: 'guess' })).status).toBe(401);
  });

  it('a key without the role is 403, admin may do everything', async () => {
    expect((await send({ path: '/v1/accounts', key: 'pos-key' })).json.code).toBe('forbidden');
    expect((await send({ path: '/v1/accounts', key: 'admin-key' })).status).toBe(200);
  });

  it('a participant sees own data only', async () => {
    expect((await send({ path: '/v1/participants/ann', key: 'ann' })).status).toBe(203);
    expect((await send({ path: '/v1/participants/bob', key: 'ann' })).json.code).toBe('forbidden');
  });
});

describe('what goes wrong inside', () => {
  it('something away is 503 with Retry-After', async () => {
    const answer = await send({
      path: '/v1/accounts/away/credits',
      headers: { 'idempotency-key': 'away-1' },
      body: { points: 5 },
    });
    expect([answer.status, answer.headers.get('retry-after'), answer.json.code]).toEqual([
      503,
      '1',
      'unavailable',
    ]);
  });

  it('a broken invariant is told to the host, which ends the process', async () => {
    expect((await send({ path: '/v1/broken/defect' })).status).toBe(500);
    expect(defects.map(({ message }) => message)).toEqual(['postings do not balance']);
  });

  it('a missing thing is 404 with its name', async () => {
    const answer = await send({ path: '/v1/participants/nobody' });
    expect(answer.json).toMatchObject({
      status: 404,
      code: 'not_found',
      detail: 'participant nobody does not exist',
    });
  });
});

describe('an idempotency key', () => {
  const credit = (key: string, body: unknown, account = 'a1', bearer = 'admin-key') =>
    send({
      path: `/v1/accounts/${account}/credits`,
      key: bearer,
      headers: { 'idempotency-key': key },
      body,
    });

  it('is missing: 400, nothing handled', async () => {
    const answer = await send({ path: '/v1/accounts/a1/credits', body: { points: 5 } });
    expect(answer.json).toMatchObject({ status: 400, code: 'idempotency_key_missing' });
    expect(handled).toBe(0);
  });

  it('gives the stored status and answer again, also with the fields in another order', async () => {
    const first = await credit('k-1', { points: 5 });
    const again = await credit('k-1', { points: 5 });
    expect(again.text).toBe(first.text);
    expect([first.status, again.status, handled]).toEqual([201, 201, 1]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('with another body is 422', async () => {
    await credit('k-2', { points: 5 });
    expect((await credit('k-2', { points: 6 })).json).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
  });

  it('counts per path', async () => {
    const one = await credit('k-3', { points: 5 }, 'a1');
    const other = await credit('k-3', { points: 5 }, 'a2');
    expect(other.json.accountId).toBe('a2');
    expect(other.json.operation).not.toBe(one.json.operation);
  });

  it('keeps refusals by a rule, with their helpful fields', async () => {
    const first = await credit('k-4', { points: 5000 });
    const again = await credit('k-4', { points: 5000 });
    expect(first.json).toMatchObject({ status: 409, code: 'insufficient_points', available: 1000 });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    expect(handled).toBe(1);
  });

  it('keeps no 503, and the retry runs under the same operation', async () => {
    await credit('k-5', { points: 5 }, 'away');
    await credit('k-5', { points: 5 }, 'away');
    expect(handled).toBe(2);
  });

  it('in progress is 409 with Retry-After, or 422 for another body', async () => {
    const first = credit('k-6', { points: 5 }, 'slow');
    while (release === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await credit('k-6', { points: 5 }, 'slow');
    const third = await credit('k-6', { points: 6 }, 'slow');
    release();
    release = undefined;
    expect([second.status, second.json.code, second.headers.get('retry-after')]).toEqual([
      409,
      'idempotency_in_progress',
      '1',
    ]);
    expect(third.json.code).toBe('idempotency_key_reused');
    expect((await first).status).toBe(201);
    expect((await credit('k-6', { points: 5 }, 'slow')).headers.get('idempotency-replayed')).toBe(
      'true',
    );
  });

  it('longer than 255 characters is 400', async () => {
    expect((await credit('k'.repeat(256), { points: 5 })).json.code).toBe('validation_failed');
  });
});

describe('an import', () => {
  it('answers one line per line, whatever is wrong with it', async () => {
    const body = [
      '{"points":1}',
      '',
      'rubbish',
      '{"points":"x"}',
      'x'.repeat(300_000),
      '{"points":2}',
    ].join('\n');
    const answer = await send({
      path: '/v1/imports',
      body,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(answer.status).toBe(200);
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { number: 1, points: 1 },
      { number: 3, code: 'malformed' },
      { number: 4, code: 'validation_failed' },
      { number: 5, code: 'payload_too_large' },
      { number: 6, points: 2 },
    ]);
  });

  it('takes nothing but NDJSON', async () => {
    expect((await send({ path: '/v1/imports', body: {} })).json.code).toBe(
      'unsupported_media_type',
    );
  });
});
