import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import type { ServiceName } from '@fidelis/contracts';
import { systemClock } from '@fidelis/kernel';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { closeEdgeApp, createEdgeApp, RouteTable } from '@fidelis/http';
import { createLogger, nestLogger } from '@fidelis/observability';
import { EventStream, Platform } from '@fidelis/service';
import { openGateway, serveReference, GatewayModule, type Gateway } from '../src/index';
import { controllersOf, Ledger, SECRET, startReplica, type FakeReplica } from './fake-services';
import { dropFolder, newFolder, TestPlatform } from './gateway-app';
import { ADMIN_KEY, ask, ready, startGatewayProcess, type RunningGateway } from './installation';

@Module({})
class EmbeddedModule {}

@Module({})
class PlatformModule {}

const folder = newFolder();
const eventStore = new MemoryEventStore();
let ledger: Ledger;
let replicas: FakeReplica[] = [];
let own: Gateway;
let gateway: RunningGateway;

const openOwn = (dataDir: string) =>
  openGateway({
    ...{ dataDir, adminKey: ADMIN_KEY, testClock: false, clock: systemClock },
    onError: () => undefined,
  });

const start = (service: ServiceName, name: string, port = 0) =>
  startReplica({ service, name, ledger, eventStore, port });

beforeAll(async () => {
  own = await openOwn(folder);
});

afterAll(async () => {
  await own.close();
  dropFolder(folder);
});

beforeEach(async () => {
  ledger = new Ledger();
  replicas = [
    await start('accounts', 'a1'),
    await start('accounts', 'a2'),
    await start('earning', 'e1'),
  ];
  const [a1 = '', a2 = '', e1 = ''] = replicas.map(({ url }) => url);
  gateway = await startGatewayProcess({
    gateway: own,
    services: { accounts: [a1, a2], earning: [e1] },
    eventStore,
    waits: { answerMs: 700 },
  });
  await ready(gateway.url);
});

afterEach(async () => {
  await gateway.stop();
  for (const replica of replicas) await replica.kill();
});

const at = (path: string) => gateway.url + path;
const credit = (key: string, account = 'ann', points = 5) =>
  ask(at(`/v1/accounts/${account}/credits`), {
    body: { points },
    headers: { 'idempotency-key': key },
  });

describe('a request on its way', () => {
  it('arrives with its caller, its id and its trace, and the answer comes back as it is', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await ask(at('/v1/accounts/ann'), {
      headers: { 'x-request-id': 'till-7.42', traceparent },
    });
    expect(answer.status).toBe(203);
    expect(answer.json).toMatchObject({
      account: 'ann',
      caller: { keyId: 'admin', roles: ['admin'], actor: 'key:admin' },
    });
    expect(answer.headers.get('etag')).toBe('"7"');
    expect(answer.headers.get('x-own')).toBe('kept');
    expect(answer.headers.get('x-hop')).toBeNull();
    expect(answer.headers.get('x-request-id')).toBe('till-7.42');
    expect(ledger.arrived[0]?.headers).toMatchObject({ 'x-request-id': 'till-7.42', traceparent });
  });

  it('brings no word of the client about who it is, nor its key', async () => {
    const forged = Buffer.from(JSON.stringify({ keyId: 'x', roles: ['admin'], actor: 'x' }));
    await ask(at('/v1/accounts/ann'), {
      headers: { 'x-fidelis-caller': forged.toString('base64url'), 'x-fidelis-else': '1' },
    });
    const [seen] = ledger.arrived;
    expect(seen?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(seen?.headers['x-fidelis-else']).toBeUndefined();
    const caller = Buffer.from(String(seen?.headers['x-fidelis-caller']), 'base64url').toString();
    expect(JSON.parse(caller)).toMatchObject({ keyId: 'admin' });
  });

  it('goes to one replica while all are well, if it is about one account', async () => {
    for (let n = 0; n < 4; n += 1) await ask(at('/v1/accounts/ann'));
    expect(new Set(ledger.arrived.map(({ replica }) => replica)).size).toBe(1);
  });

  it('keeps the bytes that a signature is over, at endpoints without a key', async () => {
    const answer = await ask(at('/v1/accounts/ann/callbacks'), {
      ...{ key: '', body: '{ "a" : 1 }', headers: { signature: 's' } },
    });
    expect(answer.json).toEqual({ caller: null, raw: '{ "a" : 1 }', signed: 's' });
  });

  it('may be a HEAD', async () => {
    const answer = await ask(at('/v1/accounts/ann'), { method: 'HEAD' });
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([203, '', '"7"']);
  });
});

describe('a service behind the gateway', () => {
  const direct = (path: string, headers: Record<string, string>, body?: object) =>
    ask(`${replicas[0]?.url ?? ''}${path}`, { key: '', headers, ...(body && { body }) });
  const caller = (value: unknown) => ({
    authorization: `Bearer ${SECRET}`,
    'x-fidelis-caller': Buffer.from(JSON.stringify(value)).toString('base64url'),
  });

  it('takes requests from nobody else, also at public endpoints', async () => {
    const forged = caller({ keyId: 'x', roles: ['admin'], actor: 'x' });
    const wrong = { ...forged, authorization: 'Bearer guess' };
    expect((await direct('/v1/accounts/ann', forged)).status).toBe(203);
    expect((await direct('/v1/accounts/ann', wrong)).status).toBe(401);
    expect((await direct('/v1/accounts/ann/callbacks', wrong, {})).status).toBe(401);
    expect((await direct('/internal/routes', wrong)).status).toBe(401);
    expect((await direct('/internal/events/stream?after=0', wrong)).status).toBe(401);
  });

  it('believes no caller that is none', async () => {
    const nobodies = [
      { keyId: '', roles: ['admin'], actor: 'x' },
      { keyId: 'x', roles: ['root'], actor: 'x' },
      { keyId: 'x', roles: 'admin', actor: 'x' },
      { keyId: 'x', roles: ['admin'], actor: 'x', participantId: 7 },
      { keyId: 'x'.repeat(5000), roles: ['admin'], actor: 'x' },
      null,
    ];
    for (const nobody of nobodies) {
      expect((await direct('/v1/accounts/ann', caller(nobody))).status).toBe(401);
    }
  });
});

describe('what is refused', () => {
  let embedded: string;
  let stop: () => Promise<void>;
  let document: unknown;

  // The same controllers in one process, behind the same edge: what has to come out.
  beforeAll(async () => {
    const dataDir = newFolder();
    const alone = await openOwn(dataDir);
    const platform = new TestPlatform(systemClock, dataDir);
    const eventStream = new EventStream({
      ...{ eventStore, publishers: [], clientsMax: 1, onError: () => undefined },
    });
    const routes = new RouteTable();
    const log = createLogger('silent');
    const app = await createEdgeApp(
      {
        module: EmbeddedModule,
        imports: [
          {
            module: PlatformModule,
            global: true,
            providers: [{ provide: Platform, useValue: platform }],
            exports: [Platform],
          },
          GatewayModule.register({ gateway: alone, platform, eventStream }),
        ],
        controllers: (['accounts', 'earning'] as const).map((service) =>
          controllersOf(service, new Ledger(), 'embedded'),
        ),
      },
      {
        authenticator: alone.authenticator,
        idempotency: alone.answers,
        clock: systemClock,
        ...{ log, nestLogger: nestLogger(log), onDefect: () => undefined, routes },
      },
    );
    serveReference(app, routes);
    await app.listen(0, '127.0.0.1');
    embedded = await app.getUrl();
    document = (await ask(`${embedded}/openapi.json`)).json;
    stop = async () => {
      await closeEdgeApp(app);
      await alone.close();
      dropFolder(dataDir);
    };
  });

  afterAll(() => stop());

  const json = { 'content-type': 'application/json' };
  const keyed = { ...json, 'idempotency-key': 'k' };
  const post = { method: 'POST' };
  it.each([
    ['no key', '/v1/accounts/ann', { key: '' }],
    ['a wrong key', '/v1/accounts/ann', { key: 'guess' }],
    ['no such path', '/v1/nothing/here', {}],
    ['no such path, without a key', '/v1/nothing/here', { key: '' }],
    ['another method', '/v1/programs', { method: 'DELETE' }],
    ['a path that cannot be decoded', '/v1/accounts/%zz', {}],
    ['NUL in the path', '/v1/accounts/a%00b', {}],
    [
      'another type',
      '/v1/accounts/tickets',
      { body: 'x', headers: { 'content-type': 'text/xml' } },
    ],
    ['JSON for NDJSON', '/v1/accounts/import', { body: {} }],
    ['broken JSON', '/v1/accounts/tickets', { body: '{"points":' }],
    ['broken JSON with a key', '/v1/accounts/ann/credits', { body: '{"points":', headers: keyed }],
    ['NUL in a text', '/v1/accounts/tickets', { body: '{"points":"\\u0000"}' }],
    ['no body', '/v1/accounts/tickets', post],
    ['a wrong field', '/v1/accounts/tickets', { body: { points: 'x' } }],
    ['an unknown field', '/v1/accounts/tickets', { body: { points: 1, more: 1 } }],
    ['a body too large', '/v1/accounts/tickets', { body: `{"points":1${' '.repeat(2000)}}` }],
    [
      'a far larger one',
      '/v1/accounts/ann/credits',
      { body: 'x'.repeat(1_100_000), headers: keyed },
    ],
    ['no idempotency key', '/v1/accounts/ann/credits', { body: { points: 1 } }],
    ['neither key nor points', '/v1/accounts/ann/credits', { body: {} }],
    [
      'an idempotency key too long',
      '/v1/accounts/ann/credits',
      { body: { points: 1 }, headers: { 'idempotency-key': 'k'.repeat(256) } },
    ],
    ['a wrong query', '/v1/accounts/ann/credits?dryRun=7', { body: { points: 1 }, headers: keyed }],
  ])('%s: the same problem as in one process', async (_, path, sent) => {
    const expected = await ask(embedded + path, { ...sent });
    const answer = await ask(at(path), { ...sent });
    expect(expected.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBe(expected.status);
    expect({ ...answer.json, requestId: '' }).toEqual({ ...expected.json, requestId: '' });
    expect(answer.headers.get('content-type')).toBe(expected.headers.get('content-type'));
  });

  it('is refused by role and by owner before the service is asked', async () => {
    const till = await own.keys.create('till', { roles: ['pos'] });
    const ann = await own.keys.create('ann', { roles: ['participant'], participantId: 'ann' });
    expect((await ask(at('/v1/programs'), { key: till.key })).json.code).toBe('forbidden');
    expect((await ask(at('/v1/accounts/bob'), { key: ann.key })).json.code).toBe('forbidden');
    expect(ledger.arrived).toEqual([]);
    expect((await ask(at('/v1/accounts/ann'), { key: ann.key })).status).toBe(203);
  });

  it('the reference is the same, whether services are in one process or in their own', async () => {
    const merged = (await ask(at('/openapi.json'))).json;
    expect(merged).toEqual(document);
    const { schemas } = merged.components as { schemas: object };
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['ViewOfMany', 'ViewOfMany2']));
    const docs = await ask(at('/docs/swagger-ui-init.js'));
    expect(docs.text).toContain('/v1/accounts/{accountId}/credits');
  });
});

describe('a replica that is away', () => {
  it('is passed over', async () => {
    await replicas[0]?.kill();
    for (let n = 0; n < 4; n += 1) expect((await credit(`away-${n}`)).status).toBe(201);
    expect(new Set(ledger.arrived.map(({ replica }) => replica))).toEqual(new Set(['a2']));
  });

  it('takes its service with it when it was the only one, and no other service', async () => {
    await replicas[2]?.kill();
    const answer = await ask(at('/v1/programs'));
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([
      ...[503, 'unavailable', '1'],
    ]);
    expect((await ask(at('/v1/accounts/ann'))).status).toBe(203);
  });

  it('is asked again when it has come back', async () => {
    const port = Number(new URL(replicas[2]?.url ?? '').port);
    await replicas[2]?.kill();
    expect((await ask(at('/v1/programs'))).status).toBe(503);
    replicas[2] = await start('earning', 'e1', port);
    expect((await ask(at('/v1/programs'))).status).toBe(200);
  });
});

describe('a replica that ends within a request', () => {
  it('had done it: the other one recognises the operation', async () => {
    ledger.next = 'die-after';
    const first = await credit('lost');
    expect([first.status, first.json.n, ledger.done.size]).toEqual([201, 1, 1]);
    expect(new Set(ledger.arrived.map(({ replica }) => replica)).size).toBe(2);
    expect((await credit('lost')).headers.get('idempotency-replayed')).toBe('true');
  });

  it('had not done it: the other one does, also under a business id', async () => {
    ledger.next = 'die-before';
    expect((await credit('never done')).status).toBe(201);
    ledger.next = 'die-before';
    const ticket = await ask(at('/v1/accounts/tickets'), { body: { points: 8 } });
    expect([ticket.status, ledger.done.size]).toEqual([200, 2]);
  });

  it('was only read from: the other one is asked', async () => {
    ledger.next = 'die-before';
    expect((await ask(at('/v1/accounts/ann'))).status).toBe(203);
  });

  it('without anything to recognise it by: 503, and it is not sent again', async () => {
    ledger.next = 'die-after';
    const answer = await ask(at('/v1/accounts/count'), { body: { points: 1 } });
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(answer.json.detail).toContain('outcome is not known');
    expect([ledger.arrived.length, ledger.done.size]).toEqual([1, 1]);
  });
});

describe('a service that is slow', () => {
  it('is not waited for for ever; the same key later gives the outcome', async () => {
    ledger.next = 'hang';
    const late = await credit('late');
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
    expect(late.json.detail).toContain('outcome is not known');
    ledger.release?.();
    const again = await credit('late');
    expect([again.status, again.json.n, ledger.done.size]).toEqual([201, 1, 1]);
  });

  it('what it refuses for now is not kept', async () => {
    expect((await credit('unwell', 'unwell')).status).toBe(503);
    expect((await credit('unwell', 'unwell')).headers.get('idempotency-replayed')).toBeNull();
  });
});

describe('an idempotency key', () => {
  it('gives the answer again, byte for byte, without asking the service', async () => {
    const first = await credit('twice');
    const again = await credit('twice');
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(ledger.arrived.length).toBe(1);
    expect((await credit('twice', 'ann', 6)).json.code).toBe('idempotency_key_reused');
  });

  it('does not count in a dry run', async () => {
    const dry = () =>
      ask(at('/v1/accounts/ann/credits?dryRun=true'), {
        ...{ body: { points: 1 }, headers: { 'idempotency-key': 'dry' } },
      });
    expect((await dry()).json).toEqual({ simulated: true });
    expect((await dry()).headers.get('idempotency-replayed')).toBeNull();
    expect((await credit('dry')).status).toBe(201);
  });
});

describe('an import', () => {
  const open = () =>
    httpRequest(at('/v1/accounts/import'), {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/x-ndjson' },
    });

  it('is answered while it still comes in', async () => {
    const upload = open();
    upload.write('{"a":1}\n');
    const [response] = (await once(upload, 'response')) as [NodeJS.ReadableStream];
    response.setEncoding('utf8');
    const [first] = (await once(response, 'data')) as [string];
    expect(first).toContain('"number":1');
    upload.end('{"a":2}\n');
    const [second] = (await once(response, 'data')) as [string];
    expect(second).toContain('"number":2');
  });

  it('may be larger than any body, and goes to another replica if the first is away', async () => {
    await replicas[0]?.kill();
    // On a connection that is about to break an upload would have begun.
    await sleep(300);
    const line = `{"text":"${'x'.repeat(1000)}"}\n`;
    for (const round of [1, 2]) {
      const answer = await ask(at('/v1/accounts/import'), {
        ...{ body: line.repeat(3000), headers: { 'content-type': 'application/x-ndjson' } },
      });
      expect([round, answer.status, answer.text.trim().split('\n').length]).toEqual([
        ...[round, 200, 3000],
      ]);
    }
  });

  it('that its client gives up ends at the service, too', async () => {
    const upload = open();
    upload.on('error', () => undefined);
    upload.write('{"a":1}\n');
    await once(upload, 'response');
    upload.destroy();
    await sleep(50);
    expect((await ask(at('/v1/accounts/ann'))).status).toBe(203);
  });
});

describe('the routes', () => {
  it('a gateway is ready when every service has told its endpoints', async () => {
    const port = Number(new URL(replicas[2]?.url ?? '').port);
    await replicas[2]?.kill();
    const other = newFolder();
    const early = await startGatewayProcess({
      gateway: await openOwn(other),
      services: { accounts: [replicas[1]?.url ?? ''], earning: [`http://127.0.0.1:${port}`] },
    });
    try {
      const before = await ask(`${early.url}/health/ready`);
      expect([before.status, before.text]).toEqual([503, expect.stringContaining('earning')]);
      expect((await ask(`${early.url}/v1/programs`)).json.detail).toContain('earning');
      replicas[2] = await start('earning', 'e1', port);
      await ready(early.url);
      expect((await ask(`${early.url}/v1/programs`)).status).toBe(200);
    } finally {
      await early.stop();
      await early.gateway.close();
      dropFolder(other);
    }
  });

  it('are counted by their pattern', async () => {
    await ask(at('/v1/accounts/ann'));
    expect((await ask(at('/metrics'))).text).toContain('route="/v1/accounts/:accountId"');
  });
});
