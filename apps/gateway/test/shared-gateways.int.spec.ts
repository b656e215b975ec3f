import type { ServiceName } from '@fidelis/contracts';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { preparePostgres, startPostgres, type RunningPostgres } from '@fidelis/infra';
import type { Gateway } from '../src/index';
import { Ledger, startReplica, type FakeReplica } from './fake-services';
import { dropFolder, newFolder } from './gateway-app';
import {
  ask,
  followEvents,
  happens,
  openShared,
  ready,
  startGatewayProcess,
  until,
  type RunningGateway,
} from './installation';

const folder = newFolder();
let postgres: RunningPostgres;
let shared: readonly { gateway: Gateway; close: () => Promise<void> }[] = [];
let ledger: Ledger;
let eventStore: MemoryEventStore;
let replicas: FakeReplica[] = [];
let gateways: RunningGateway[] = [];

beforeAll(async () => {
  await preparePostgres();
  postgres = await startPostgres({ folder });
  shared = await Promise.all([openShared(postgres.url), openShared(postgres.url)]);
}, 60_000);

afterAll(async () => {
  for (const { close } of shared) await close();
  await postgres.stop();
  dropFolder(folder);
}, 30_000);

const start = (service: ServiceName, name: string, port = 0) =>
  startReplica({ service, name, ledger, eventStore, port });

beforeEach(async () => {
  ledger = new Ledger();
  eventStore = new MemoryEventStore();
  replicas = [
    await start('accounts', 'a1'),
    await start('accounts', 'a2'),
    await start('earning', 'e1'),
  ];
  const [a1 = '', a2 = '', e1 = ''] = replicas.map(({ url }) => url);
  const services = { accounts: [a1, a2], earning: [e1] };
  gateways = [];
  for (const { gateway } of shared) {
    gateways.push(await startGatewayProcess({ gateway, services, eventStore }));
  }
  await Promise.all(gateways.map(({ url }) => ready(url)));
});

afterEach(async () => {
  for (const gateway of gateways) await gateway.stop();
  for (const replica of replicas) await replica.kill();
});

const at = (gateway: 0 | 1, path: string) => (gateways[gateway]?.url ?? '') + path;
const credit = (gateway: 0 | 1, key: string, points = 5) =>
  ask(at(gateway, '/v1/accounts/ann/credits'), {
    ...{ body: { points }, headers: { 'idempotency-key': key } },
  });

describe('an idempotency key at two gateways', () => {
  it('gives the answer of the one at the other, from the moment that it was given', async () => {
    for (let n = 0; n < 10; n += 1) {
      const first = await credit(0, `both-${n}`);
      const again = await credit(1, `both-${n}`);
      expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    expect(ledger.arrived.length).toBe(10);
    expect((await credit(1, 'both-0', 6)).json.code).toBe('idempotency_key_reused');
  });

  it('is in progress at the other one while the one runs it', async () => {
    ledger.next = 'hang';
    const first = credit(0, 'running');
    await until(() => ledger.release !== undefined);
    const [second, third] = [await credit(1, 'running'), await credit(0, 'running')];
    ledger.release?.();
    for (const refused of [second, third]) {
      expect([refused.status, refused.json.code]).toEqual([409, 'idempotency_in_progress']);
      expect(refused.headers.get('retry-after')).toBe('1');
    }
    expect((await first).status).toBe(201);
    expect((await credit(1, 'running')).text).toBe((await first).text);
    expect(ledger.done.size).toBe(1);
  });

  it('of many requests at once does one thing', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => credit(n % 2 === 0 ? 0 : 1, 'crowd')),
    );
    const [good] = answers.filter(({ status }) => status === 201);
    for (const { status, text } of answers) {
      expect([201, 409]).toContain(status);
      if (status === 201) expect(text).toBe(good?.text);
    }
    expect(ledger.done.size).toBe(1);
  });

  it('is free again when its gateway has died', async () => {
    const dying = await openShared(postgres.url);
    expect(await dying.gateway.answers.claim?.('some request')).toBe(true);
    expect(await shared[0]?.gateway.answers.claim?.('some request')).toBe(false);
    await dying.close();
    expect(await shared[0]?.gateway.answers.claim?.('some request')).toBe(true);
    await shared[0]?.gateway.answers.release?.('some request');
  });
});

describe('keys and tokens at two gateways', () => {
  it('a key that one makes counts at the other at once, and ends there within a second', async () => {
    const made = await ask(at(0, '/v1/api-keys'), { body: { name: 'till', roles: ['pos'] } });
    const key = made.json.key as string;
    expect((await ask(at(1, '/v1/accounts/ann'), { key })).status).toBe(203);
    await ask(at(0, `/v1/api-keys/${made.json.id as string}`), { method: 'DELETE' });
    expect((await ask(at(0, '/v1/accounts/ann'), { key })).status).toBe(401);
    const revokedAt = performance.now();
    await until(async () => (await ask(at(1, '/v1/accounts/ann'), { key })).status === 401);
    expect(performance.now() - revokedAt).toBeLessThan(1000);
  });

  it('an unknown key is not looked up again and again', async () => {
    for (let n = 0; n < 3; n += 1) {
      expect((await ask(at(1, '/v1/accounts/ann'), { key: 'guess' })).status).toBe(401);
    }
  });

  it("a participant's token of the one counts at the other", async () => {
    const issued = await ask(at(0, '/v1/participants/ann/tokens'), { body: { ttlSeconds: 60 } });
    const answer = await ask(at(1, '/v1/accounts/ann'), { key: issued.json.token as string });
    expect([answer.status, answer.json.caller]).toEqual([
      203,
      expect.objectContaining({ participantId: 'ann', actor: 'participant:ann' }),
    ]);
  });

  it('two that start at once on an empty database make one admin key', async () => {
    const other = newFolder();
    const empty = await startPostgres({ folder: other });
    try {
      const both = await Promise.all([openShared(empty.url, ''), openShared(empty.url, '')]);
      const shown = both.flatMap(({ gateway }) => gateway.generatedAdminKey ?? []);
      expect(shown.length).toBe(1);
      for (const { gateway } of both) {
        const caller = gateway.authenticator.authenticate(shown[0] ?? '', {} as never);
        expect(caller?.keyId).toBe('admin');
      }
      for (const { close } of both) await close();
    } finally {
      await empty.stop();
      dropFolder(other);
    }
  }, 60_000);
});

describe('while the database is away', () => {
  it('keys still count, but nothing begins that needs its answer kept', async () => {
    expect((await credit(0, 'before')).status).toBe(201);
    await postgres.kill();
    const health = await shared[0]?.gateway.health.ready();
    expect(health).toEqual([expect.objectContaining({ name: 'database', ok: false })]);
    expect((await ask(at(0, '/v1/accounts/ann'))).status).toBe(203);
    expect((await credit(0, 'away')).json.code).toBe('unavailable');
    expect(ledger.done.size).toBe(1);
    await postgres.restart();
    await until(async () => (await credit(0, 'away')).status === 201);
    expect((await credit(1, 'away')).headers.get('idempotency-replayed')).toBe('true');
    expect((await credit(1, 'before')).headers.get('idempotency-replayed')).toBe('true');
  }, 30_000);
});

describe('the event stream of several services', () => {
  const follow = (gateway: 0 | 1, headers = {}, query = '') =>
    followEvents(gateways[gateway]?.url ?? '', headers, query);

  const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

  it('tells what happens in each of them from now on', async () => {
    await happens(eventStore, 'accounts', 1);
    const followed = await follow(0);
    await happens(eventStore, 'earning', 2);
    await happens(eventStore, 'accounts', 3);
    await until(() => followed.numbers().length === 4);
    expect(sorted(followed.numbers())).toEqual([21, 22, 31, 32]);
    followed.close();
  });

  it('goes on at another gateway after the last id: nothing left out, nothing twice', async () => {
    for (const n of [1, 2, 3]) await happens(eventStore, n === 2 ? 'earning' : 'accounts', n);
    const first = await follow(0, {}, '?from=start');
    await until(() => first.numbers().length === 6);
    const id = first.lastId();
    expect(id).toMatch(/^accounts:\d+,earning:\d+$/);
    first.close();
    for (const n of [4, 5]) await happens(eventStore, n === 4 ? 'earning' : 'accounts', n);
    const second = await follow(1, { 'last-event-id': id });
    await until(() => second.numbers().length === 4);
    expect(sorted(second.numbers())).toEqual([41, 42, 51, 52]);
    second.close();
  });

  it('survives a replica that dies, and a service that was away', async () => {
    const followed = await follow(0);
    await happens(eventStore, 'accounts', 1);
    await until(() => followed.numbers().length === 2);
    const [a1, , e1] = replicas;
    await Promise.all([a1?.kill(), e1?.kill()]);
    await happens(eventStore, 'accounts', 2);
    await happens(eventStore, 'earning', 3);
    replicas[2] = await start('earning', 'e1', Number(new URL(e1?.url ?? '').port));
    await until(() => followed.numbers().length === 6);
    expect(sorted(followed.numbers())).toEqual([11, 12, 21, 22, 31, 32]);
    followed.close();
  });

  it('takes the ids of a single process, and refuses those that are none', async () => {
    await happens(eventStore, 'accounts', 1);
    const head = await eventStore.headOf();
    await happens(eventStore, 'earning', 2);
    const followed = await follow(0, { 'last-event-id': String(head) });
    await until(() => followed.numbers().length === 2);
    followed.close();
    for (const wrong of ['abc', 'accounts:x', 'accounts:1;earning:2', 'a:1,'.repeat(200)]) {
      const refused = await ask(at(0, '/v1/events/stream'), {
        headers: { 'last-event-id': wrong },
      });
      expect([refused.status, refused.json.code]).toEqual([400, 'validation_failed']);
    }
  });

  it('takes a bounded number of clients, also while they wait', async () => {
    const [one, two] = [await follow(0), await follow(0)];
    expect((await ask(at(0, '/v1/events/stream'))).status).toBe(503);
    one.close();
    two.close();
  });
});
