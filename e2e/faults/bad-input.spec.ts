import type { Client } from '../support/client';
import { Fidelis } from '../support/fidelis';
import { key, register, ticket, type Member } from '../support/fixtures';
import { gaugeOf } from '../support/metrics';
import { openShop } from './crowd';

jest.setTimeout(60_000);

const MIB = 1024 * 1024;
const LONE_SURROGATE = '\\ud800';

interface Endpoint {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: () => string;
  readonly body: () => Record<string, unknown>;
  /** A text somewhere in it. */
  readonly text: string;
  /** A whole number somewhere in it. */
  readonly number?: string;
  /** The status of this very body when nothing is wrong with it. */
  readonly good: number;
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly contentType: string;
}

let fidelis: Fidelis;
let client: Client;
let ann: Member;
let head: number;

beforeAll(async () => {
  fidelis = await Fidelis.start();
  client = fidelis.client();
  await openShop(client);
  ann = await register(client, 'ann');
  const credits = `/accounts/${ann.accountId}/credits`;
  await client.post(credits, { points: 5000, reason: 'welcome' }, { idempotencyKey: key() });
});

beforeEach(async () => {
  head = await gaugeOf(client, 'fidelis_event_store_head');
});

afterAll(async () => {
  await client.close();
  await fidelis.dispose();
});

async function expectNothingWritten(): Promise<void> {
  expect(await gaugeOf(client, 'fidelis_event_store_head')).toBe(head);
  expect(fidelis.running).toBe(true);
  expect(fidelis.log).not.toMatch(/"level":("error"|50)/);
}

const endpoints: Readonly<Record<string, Endpoint>> = {
  'a participant': {
    method: 'POST',
    path: () => '/participants',
    body: () => ({ externalId: 'new', name: 'New', attributes: { shoe: 42 } }),
    text: 'name',
    good: 201,
  },
  'a change of a participant': {
    method: 'PATCH',
    path: () => `/participants/${ann.id}`,
    body: () => ({ name: 'Ann B.' }),
    text: 'name',
    good: 200,
  },
  'a programme': {
    method: 'POST',
    path: () => '/programs',
    body: () => ({
      ...{ id: 'second', name: 'Second', currency: 'EUR', timeZone: 'Europe/Berlin' },
      ...{ validFrom: '2026-01-01', redeem: { points: 1, worth: 1 } },
      tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
    }),
    text: 'name',
    good: 201,
  },
  'a credit': {
    method: 'POST',
    path: () => `/accounts/${ann.accountId}/credits`,
    body: () => ({ points: 1, reason: 'r' }),
    ...{ text: 'reason', number: 'points', good: 201 },
  },
  'a debit': {
    method: 'POST',
    path: () => `/accounts/${ann.accountId}/debits`,
    body: () => ({ points: 1, reason: 'r' }),
    ...{ text: 'reason', number: 'points', good: 201 },
  },
  'a hold': {
    method: 'POST',
    path: () => `/accounts/${ann.accountId}/holds`,
    body: () => ({ points: 1, ttl: 'PT15M' }),
    ...{ text: 'ttl', number: 'points', good: 201 },
  },
  'a ticket': {
    method: 'POST',
    path: () => '/transactions',
    body: () => ({ ...ticket('t-1', 100, { participant: { id: ann.id } }) }),
    ...{ text: 'transactionId', number: 'total', good: 201 },
  },
  'an offer': {
    method: 'POST',
    path: () => '/offers',
    body: () => ({ id: 'off', name: 'Off', type: 'amountOff', amount: 5 }),
    ...{ text: 'name', number: 'amount', good: 201 },
  },
  'a purchase of an offer': {
    method: 'POST',
    path: () => '/reward-stores/shop/offers/five-off/purchases',
    body: () => ({ participantId: ann.id, quantity: 1 }),
    ...{ text: 'participantId', number: 'quantity', good: 201 },
  },
  'an external purchase': {
    method: 'POST',
    path: () => '/purchases/authorize',
    body: () => ({ participantId: ann.id, vendorId: 'airline', reference: 'f', points: 10 }),
    ...{ text: 'reference', number: 'points', good: 201 },
  },
  'an internal purchase': {
    method: 'POST',
    path: () => '/purchases',
    body: () => ({
      participantId: ann.id,
      orders: [{ vendorId: 'books', items: [{ sku: 'novel', quantity: 1 }] }],
    }),
    text: 'participantId',
    good: 201,
  },
  'a vendor': {
    method: 'POST',
    path: () => '/vendors',
    body: () => ({ id: 'hotel', name: 'Hotel', kind: 'external', commissionBps: 100 }),
    ...{ text: 'name', number: 'commissionBps', good: 201 },
  },
  'a product': {
    method: 'PUT',
    path: () => '/vendors/books/products/map',
    body: () => ({ name: 'Map', price: 100 }),
    ...{ text: 'name', number: 'price', good: 201 },
  },
};

interface Sent {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Client;
}

async function send({ method, path }: Endpoint, sent: Sent): Promise<Problem> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key() };
  const answer = await (sent.as ?? client).raw(method, path(), {
    body: sent.body,
    headers: { ...headers, ...sent.headers },
  });
  const problem = JSON.parse(answer.text) as { status: number; code: string };
  expect(problem).toMatchObject({ status: answer.status, code: expect.any(String) });
  return { ...problem, contentType: String(answer.headers['content-type']) };
}

async function expectRefused(
  endpoint: Endpoint,
  sent: Sent,
  [status, code]: readonly [number, string],
): Promise<void> {
  const problem = await send(endpoint, sent);
  expect([problem.status, problem.code]).toEqual([status, code]);
  expect(problem.contentType).toContain('application/problem+json');
}

const json = JSON.stringify;
const MALFORMED = [400, 'malformed'] as const;
const INVALID = [400, 'validation_failed'] as const;

describe.each(Object.entries(endpoints))('%s', (_, endpoint) => {
  const { body, text, number } = endpoint;
  const withText = (raw: string): string => json({ ...body(), [text]: '@' }).replace('@', raw);
  const refused = async (sent: string | Buffer, problem: readonly [number, string]) => {
    await expectRefused(endpoint, { body: sent }, problem);
  };

  afterEach(expectNothingWritten);

  test('that is no JSON is malformed', async () => {
    await refused('{"a":', MALFORMED);
    await refused(json(body()).slice(0, -1), MALFORMED);
    await refused(`${json(body())}}`, MALFORMED);
    await refused(Buffer.from([0x22, 0xff, 0xfe, 0x22]), MALFORMED);
  });

  test('that holds NUL, half a surrogate pair or __proto__ is malformed', async () => {
    await refused(withText('a\\u0000b'), MALFORMED);
    await refused(withText(LONE_SURROGATE), MALFORMED);
    await refused(json(body()).replace('{', '{"__proto__":{"admin":true},'), MALFORMED);
  });

  test('of another type is not valid', async () => {
    for (const other of ['[]', 'null', '7', 'true', '"text"', `[${json(body())}]`]) {
      await refused(other, INVALID);
    }
    for (const value of [7, true, [], {}]) {
      await refused(json({ ...body(), [text]: value }), INVALID);
    }
  });

  test('with a field that nobody knows is not valid', async () => {
    await refused(json({ ...body(), unheardOf: 1 }), INVALID);
    await refused(json({ ...body(), constructor: { name: 'x' } }), INVALID);
  });

  test('that is nested deeply is refused', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    await refused(json(body()).replace('{', `{"unheardOf":${deep},`), INVALID);
    await refused('['.repeat(20_000), MALFORMED);
  });

  test('of another content type is not taken', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/xml', ';;']) {
      const sent = { body: json(body()), headers: { 'content-type': type } };
      await expectRefused(endpoint, sent, [415, 'unsupported_media_type']);
    }
  });

  test('without a key that is valid is not let in', async () => {
    for (const stranger of [undefined, 'guessed-key-123', "' OR 1=1"]) {
      const as = fidelis.client(stranger ?? '');
      const problem = [401, 'unauthenticated'] as const;
      await expectRefused(endpoint, { body: json(body()), as }, problem);
      await as.close();
    }
  });

  test('that is larger than its limit is too large', async () => {
    const padded = json({ ...body(), [text]: 'x'.repeat(MIB) });
    await refused(padded, [413, 'payload_too_large']);
  });

  if (number === undefined) return;
  test('with a number that is none, negative, broken or huge is not valid', async () => {
    const wrong = ['"1"', '-1', '1.5', '1e400', '9007199254740993', '1e300', 'true', 'null', '[1]'];
    for (const value of wrong) {
      await refused(json({ ...body(), [number]: '@' }).replace('"@"', value), INVALID);
    }
  });
});

describe('sizes', () => {
  afterEach(expectNothingWritten);
  const tooLarge = [413, 'payload_too_large'] as const;

  test('a ticket has at most 256 KiB', async () => {
    const { body } = endpoints['a ticket'] as Endpoint;
    const large = json({ ...body(), attributes: { note: 'x'.repeat(256 * 1024) } });
    await expectRefused(endpoints['a ticket'] as Endpoint, { body: large }, tooLarge);
  });

  test('a ticket has at most 2,000 lines', async () => {
    const line = { quantity: 1, amount: 1 };
    const lines = Array.from({ length: 2001 }, () => line);
    const long = json(ticket('long', 2001, { lines }));
    await expectRefused(endpoints['a ticket'] as Endpoint, { body: long }, tooLarge);
  });

  test('a batch has at most 16 MiB and 1,000 tickets', async () => {
    const batch: Endpoint = {
      ...{ method: 'POST', path: () => '/transactions/batch', good: 200, text: '' },
      body: () => ({}),
    };
    const large = `{"transactions":[{"a":"${'x'.repeat(16 * MIB)}"}]}`;
    await expectRefused(batch, { body: large }, tooLarge);
    const transactions = Array.from({ length: 1001 }, (_, i) => ticket(`b-${i}`, 100));
    await expectRefused(batch, { body: json({ transactions }) }, INVALID);
  });

  test('in a batch and an import each bad ticket is refused by itself', async () => {
    const bad = [{}, { transactionId: 7 }, ticket('x', -1), ticket('y', 0.5)];
    const { status, body } = await client.post<{ results: { status: string; code: string }[] }>(
      '/transactions/batch',
      { transactions: bad },
    );
    expect(status).toBe(200);
    expect(body.results.map((result) => [result.status, result.code])).toEqual(
      bad.map(() => ['rejected', 'validation_failed']),
    );
    const { text } = await client.raw('POST', '/transactions/import', {
      body: `{"a":\n[]\n"\\u0000"\n{"transactionId":"${LONE_SURROGATE}"}\n${'x'.repeat(300_000)}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const lines = text.trimEnd().split('\n');
    const codes = lines.map((line) => (JSON.parse(line) as { code: string }).code);
    expect(codes).toEqual([
      ...['malformed', 'validation_failed', 'malformed', 'malformed', 'payload_too_large'],
    ]);
  });
});

describe('what does not exist', () => {
  afterEach(expectNothingWritten);
  const unknown: readonly (readonly [string, string, object | null])[] = [
    ['GET', '/participants/nobody', null],
    ['GET', '/participants/ext:nobody', null],
    ['GET', '/accounts/none/balance', null],
    ['GET', '/accounts/none/entries', null],
    ['GET', '/transactions/none', null],
    ['GET', '/purchases/none', null],
    ['GET', '/programs/none', null],
    ['GET', '/issued-offers/none', null],
    ['GET', '/vendors/none', null],
    ['GET', '/nowhere', null],
    ['POST', '/accounts/none/credits', { points: 1, reason: 'r' }],
    ['POST', '/accounts/none/debits', { points: 1, reason: 'r' }],
    ['POST', '/accounts/none/holds', { points: 1, ttl: 'PT1M' }],
    ['POST', '/holds/none/capture', {}],
    ['POST', '/holds/none/release', {}],
    ['POST', '/purchases/none/confirm', {}],
    ['POST', '/purchases/none/cancel', {}],
    ['POST', '/transactions/none/returns', { returnId: 'r', full: true }],
    ['POST', '/transactions/none/cancel', { reason: 'r' }],
    ['POST', '/reward-stores/none/offers/none/purchases', { participantId: 'nobody' }],
    ['POST', '/issued-offers/none/lock', { transactionId: 't', lines: [] }],
    ['PATCH', '/participants/nobody', { name: 'N' }],
  ];

  test.each(unknown)('%s %s is not found', async (method, path, body) => {
    const { status, text } = await client.raw(method, path, {
      ...(body !== null && { body: json(body) }),
      headers: { 'content-type': 'application/json', 'idempotency-key': key() },
    });
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ status, code: expect.stringMatching(/not_found$/) });
  });

  test.each(['%00', '%E0%A4%A', '%FF', '..%2F..%2Fetc', 'x'.repeat(1500), '%ED%A0%80'])(
    'an id like %.20s is refused',
    async (id) => {
      const { status, text } = await client.raw('GET', `/accounts/${id}/balance`, {});
      expect([400, 404, 414]).toContain(status);
      expect(JSON.parse(text)).toMatchObject({ status, code: expect.any(String) });
    },
  );
});

describe('an id in a path under which something is created', () => {
  afterEach(expectNothingWritten);
  const created: readonly (readonly [string, object])[] = [
    ['/offers/', { name: 'Off', type: 'amountOff', amount: 5 }],
    ['/reward-stores/', { name: 'Shop', programId: 'euro' }],
    ['/vendors/', { name: 'Hotel', kind: 'external', commissionBps: 100 }],
    ['/vendors/books/products/', { name: 'Map', price: 100 }],
    [
      '/programs/',
      {
        ...{ name: 'Second', currency: 'EUR', timeZone: 'Europe/Berlin', validFrom: '2026-01-01' },
        ...{ redeem: { points: 1, worth: 1 } },
        tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
      },
    ],
    [
      '/campaigns/',
      {
        name: 'C',
        programId: 'euro',
        trigger: 'transaction',
        effects: [{ type: 'fixed', points: 1 }],
      },
    ],
  ];

  test.each(created)('PUT %s… is one that a body could hold', async (path, body) => {
    for (const id of ['a%0Eb', 'a%7Fb', 'x'.repeat(129)]) {
      const answer = await client.raw('PUT', `${path}${id}`, {
        body: json(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': key() },
      });
      const problem = JSON.parse(answer.text) as object;
      expect(problem).toMatchObject({ status: 400, code: 'validation_failed' });
      expect(problem).toMatchObject({ errors: [{ code: 'identifier' }] });
    }
  });
});

test.each(Object.entries(endpoints))('without a fault, %s is taken', async (_, endpoint) => {
  const { status, text } = await client.raw(endpoint.method, endpoint.path(), {
    body: json(endpoint.body()),
    headers: { 'content-type': 'application/json', 'idempotency-key': key() },
  });
  expect([status, text]).toEqual([endpoint.good, expect.any(String)]);
});
