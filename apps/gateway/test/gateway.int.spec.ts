import { randomUUID } from 'node:crypto';
import { newId } from '@fidelis/kernel';
import { dropFolder, newFolder, startGateway, type GatewayApp } from './gateway-app';

let folder: string;
let gateway: GatewayApp;

beforeEach(async () => {
  folder = newFolder();
  gateway = await startGateway({ dataDir: folder });
});

afterEach(async () => {
  await gateway.stop();
  dropFolder(folder);
});

interface Sent {
  readonly method?: string;
  readonly key?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

async function ask(path: string, sent: Sent = {}) {
  const { method = 'GET', key = 'the-admin-key', body, headers = {} } = sent;
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      ...(key !== '' && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, text, json: (isJson ? JSON.parse(text) : {}) as Shown };
}

interface Shown {
  readonly [field: string]: unknown;
  readonly data?: readonly Record<string, unknown>[];
}

async function append(n: number): Promise<void> {
  const stream = `thing-${newId()}`;
  const pending = gateway.platform.eventStore.append({
    stream,
    expectedRevision: 'no-stream',
    events: [
      {
        id: randomUUID(),
        type: 'ThingHappened',
        data: { n },
        metadata: { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'op' },
      },
    ],
  });
  await pending.durable;
}

describe('public paths', () => {
  it.each([
    '/',
    '/health/live',
    '/health/ready',
    '/metrics',
    '/openapi.json',
    '/asyncapi.json',
    '/docs',
  ])('%s needs no key', async (path) => {
    expect((await ask(path, { key: '' })).status).toBe(200);
  });

  it('/asyncapi.json is AsyncAPI 3 and knows the topics, the door for tickets too', async () => {
    const { json } = await ask('/asyncapi.json');
    expect(json.asyncapi).toBe('3.0.0');
    expect(Object.keys(json.channels as object)).toEqual(
      expect.arrayContaining(['loyalty.accounts.account.events.v1', 'loyalty.pos.transactions.v1']),
    );
  });

  it('/openapi.json is OpenAPI 3.1 and knows the operations of this process', async () => {
    const { json } = await ask('/openapi.json');
    expect(json.openapi).toBe('3.1.0');
    expect(Object.keys(json.paths as object)).toEqual(
      expect.arrayContaining(['/v1/api-keys', '/v1/test-clock', '/v1/dead-letters/{id}/retry']),
    );
  });

  it('/docs brings its own assets', async () => {
    expect((await ask('/docs/swagger-ui-bundle.js', { key: '' })).status).toBe(200);
  });

  it('not ready while it shuts down', async () => {
    gateway.gateway.health.startDraining();
    expect((await ask('/health/ready')).status).toBe(503);
    expect((await ask('/health/live')).status).toBe(200);
  });
});

describe('API keys', () => {
  it('are shown once, work at once, are listed without the secret, and end when revoked', async () => {
    const body = { name: 'till 7', roles: ['backoffice'] };
    const created = await ask('/v1/api-keys', { method: 'POST', body });
    expect(created.status).toBe(201);
    const key = created.json.key as string;
    expect((await ask('/v1/dead-letters', { key })).status).toBe(200);
    expect((await ask('/v1/api-keys', { key })).json.code).toBe('forbidden');
    const list = await ask('/v1/api-keys');
    expect(list.text).not.toContain(key);
    expect(list.json.data?.map(({ name }) => name)).toEqual(['first admin', 'till 7']);
    const path = `/v1/api-keys/${created.json.id as string}`;
    expect((await ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await ask('/v1/dead-letters', { key })).status).toBe(401);
    expect((await ask(path, { method: 'DELETE' })).status).toBe(404);
  });

  it('survive a restart; another FIDELIS_ADMIN_KEY replaces the old one', async () => {
    const body = { name: 'till 7', roles: ['backoffice'] };
    const created = await ask('/v1/api-keys', { method: 'POST', body });
    await gateway.stop();
    gateway = await startGateway({ dataDir: folder, adminKey: 'another-admin-key' });
    expect((await ask('/v1/dead-letters', { key: created.json.key as string })).status).toBe(200);
    expect((await ask('/v1/api-keys', { key: 'another-admin-key' })).status).toBe(200);
    expect((await ask('/v1/api-keys', { key: 'the-admin-key' })).status).toBe(401);
  });

  it('of participants must say whose they are', async () => {
    const refused = await ask('/v1/api-keys', {
      method: 'POST',
      body: { name: 'x', roles: ['participant'] },
    });
    expect([refused.status, refused.json.code]).toEqual([400, 'validation_failed']);
  });

  it('a participant token is issued for who exists, and ends by itself', async () => {
    const issue = (id: string) =>
      ask(`/v1/participants/${id}/tokens`, { method: 'POST', body: { ttlSeconds: 60 } });
    expect((await issue('bob')).status).toBe(404);
    const { token } = (await issue('ann')).json as { token: string };
    expect((await ask('/v1/test-clock', { key: token })).status).toBe(200);
    expect((await ask('/v1/api-keys', { key: token })).json.code).toBe('forbidden');
    expect((await ask('/v1/test-clock', { key: `${token}x` })).status).toBe(401);
    const later = new Date(Date.now() + 120_000).toISOString();
    await ask('/v1/test-clock', { method: 'PUT', body: { now: later } });
    expect((await ask('/v1/test-clock', { key: token })).status).toBe(401);
  });
});

describe('the test clock', () => {
  const put = (now: string) => ask('/v1/test-clock', { method: 'PUT', body: { now } });
  const minuteOf = async () => ((await ask('/v1/test-clock')).json.now as string).slice(0, 16);

  it('may go anywhere on an empty folder, then only forward, and runs on', async () => {
    expect((await put('2020-01-01T00:00:00Z')).status).toBe(200);
    expect(await minuteOf()).toBe('2020-01-01T00:00');
    const back = await put('2019-01-01T00:00:00Z');
    expect([back.status, back.json.code]).toEqual([422, 'clock_backwards']);
    expect((await put('2020-06-01T00:00:00+02:00')).status).toBe(200);
    expect(await minuteOf()).toBe('2020-05-31T22:00');
  });

  it('never goes back where something was stored', async () => {
    await append(1);
    expect((await put('2020-01-01T00:00:00Z')).json.code).toBe('clock_backwards');
  });

  it('survives a restart', async () => {
    await put('2020-01-01T00:00:00Z');
    await gateway.stop();
    gateway = await startGateway({ dataDir: folder });
    expect(await minuteOf()).toBe('2020-01-01T00:00');
  });

  it('answers when everything due has happened, also what that made due', async () => {
    const left = [3, 1, 0, 0];
    const asked: string[] = [];
    gateway.platform.due = ({ service, now }) => {
      if (service !== 'accounts') return 0;
      asked.push(now.slice(0, 10));
      return left.shift() ?? 0;
    };
    await put('2031-05-05T00:00:00Z');
    expect(asked).toEqual(['2031-05-05', '2031-05-05', '2031-05-05']);
  });

  it('is not there unless it was asked for', async () => {
    await gateway.stop();
    gateway = await startGateway({ dataDir: folder, testClock: false });
    expect((await ask('/v1/test-clock')).status).toBe(404);
    expect((await put('2031-05-05T00:00:00Z')).status).toBe(404);
  });
});

describe('the event stream', () => {
  const open = (headers: Record<string, string>, query = '') =>
    fetch(`${gateway.url}/v1/events/stream${query}`, {
      headers: { authorization: 'Bearer the-admin-key', ...headers },
    });

  async function readUntil(response: Response, text: string): Promise<string> {
    const decoder = new TextDecoder();
    let seen = '';
    const reader = response.body?.getReader();
    while (!seen.includes(text)) {
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) break;
      seen += decoder.decode(chunk.value, { stream: true });
    }
    await reader?.cancel();
    return seen;
  }

  const numbersOf = (text: string) =>
    [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, json]) => (JSON.parse(json ?? '') as { data: { n: number } }).data.n,
    );

  it('tells what happens from now on, as CloudEvents', async () => {
    await append(1);
    const response = await open({});
    await append(2);
    const text = await readUntil(response, '"n":22');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(numbersOf(text)).toEqual([21, 22]);
    expect(text).toContain('event: test.thing-happened.v1\n');
    expect(text).toContain('"specversion":"1.0"');
  });

  it('resumes after the last id without a gap', async () => {
    await append(1);
    await append(2);
    await append(3);
    const first = await readUntil(await open({}, '?from=start'), '"n":22');
    const ids = [...first.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id ?? '');
    expect(ids.length).toBeGreaterThanOrEqual(2);
    const rest = await readUntil(await open({ 'last-event-id': ids[0] ?? '' }), '"n":32');
    expect(numbersOf(rest)).toEqual([21, 22, 31, 32]);
  });

  it('refuses an id that is none of its own', async () => {
    expect((await open({ 'last-event-id': 'abc' })).status).toBe(400);
  });

  it('takes a bounded number of clients', async () => {
    const [first, second] = [await open({}), await open({})];
    const third = await open({});
    expect([first.status, second.status, third.status]).toEqual([200, 200, 503]);
    await first.body?.cancel();
    await second.body?.cancel();
  });
});

describe('dead letters', () => {
  it('an unknown one is 404', async () => {
    expect((await ask('/v1/dead-letters')).json).toEqual({ data: [] });
    expect((await ask('/v1/dead-letters/x')).status).toBe(404);
    expect((await ask('/v1/dead-letters/x/retry', { method: 'POST' })).status).toBe(404);
    expect((await ask('/v1/dead-letters/x', { method: 'DELETE' })).status).toBe(404);
  });
});
