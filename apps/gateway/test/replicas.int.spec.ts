import { systemClock } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { openGateway, type Gateway } from '../src/index';
import { Ledger, startReplica, type FakeReplica, type FakeReplicaOptions } from './fake-services';
import { dropFolder, newFolder } from './gateway-app';
import {
  ADMIN_KEY,
  ask,
  followEvents,
  happens,
  ready,
  startGatewayProcess,
  until,
  type GatewayProcessOptions,
  type RunningGateway,
} from './installation';
import { StoppableDoor } from './stoppable-door';

/** Nobody who has to wait for so long gets through these tests in time. */
const ANSWER_MS = 45_000;

const folder = newFolder();
let own: Gateway;
let ledger: Ledger;
let eventStore: MemoryEventStore;
const replicas: FakeReplica[] = [];
const gateways: RunningGateway[] = [];
const doors: StoppableDoor[] = [];

beforeAll(async () => {
  own = await openGateway({
    ...{ dataDir: folder, adminKey: ADMIN_KEY, testClock: false, clock: systemClock },
    onError: () => undefined,
  });
});

afterAll(async () => {
  await own.close();
  dropFolder(folder);
});

beforeEach(() => {
  ledger = new Ledger();
  eventStore = new MemoryEventStore();
});

afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop();
  for (const door of doors.splice(0)) await door.close();
  for (const replica of replicas.splice(0)) await replica.kill();
});

async function start(
  service: ServiceName,
  name: string,
  more: Pick<FakeReplicaOptions, 'port' | 'version'> = {},
): Promise<FakeReplica> {
  const replica = await startReplica({ service, name, ledger, eventStore, ...more });
  replicas.push(replica);
  return replica;
}

async function open(
  services: GatewayProcessOptions['services'],
  waits: GatewayProcessOptions['waits'] = {},
): Promise<RunningGateway> {
  const gateway = await startGatewayProcess({ gateway: own, services, eventStore, waits });
  gateways.push(gateway);
  await ready(gateway.url);
  return gateway;
}

const namesOf = (): readonly string[] => ledger.arrived.map(({ replica }) => replica);

describe('a replica that lives but does not answer', () => {
  let stoppable: StoppableDoor;
  let services: GatewayProcessOptions['services'];

  beforeEach(async () => {
    const [a1, a2] = [await start('accounts', 'a1'), await start('accounts', 'a2')];
    stoppable = await StoppableDoor.before(a1.url);
    doors.push(stoppable);
    services = { accounts: [stoppable.url, a2.url] };
  });

  /** An account whose requests go to `a1` while it is well. */
  async function accountOfFirst({ url }: RunningGateway): Promise<string> {
    for (let n = 0; ; n += 1) {
      const answer = await ask(`${url}/v1/accounts/ann-${n}`);
      if (answer.json.replica === 'a1') return `ann-${n}`;
    }
  }

  const credit = ({ url }: RunningGateway, account: string, key: string) =>
    ask(`${url}/v1/accounts/${account}/credits`, {
      ...{ body: { points: 5 }, headers: { 'idempotency-key': key } },
    });

  it('is left in time by reads, avoided, and asked again when it answers', async () => {
    const gateway = await open(services, { answerMs: ANSWER_MS });
    const account = await accountOfFirst(gateway);
    const read = () => ask(`${gateway.url}/v1/accounts/${account}`);
    stoppable.stop();
    const began = performance.now();
    const together = await Promise.all([read(), read(), read()]);
    expect(performance.now() - began).toBeLessThan(ANSWER_MS / 2);
    expect(together.map(({ json }) => json.replica)).toEqual(['a2', 'a2', 'a2']);

    // For longer than it is avoided without being asked whether it lives.
    stoppable.arrivals = 0;
    const end = performance.now() + 4000;
    while (performance.now() < end) expect((await read()).json.replica).toBe('a2');
    expect(stoppable.arrivals).toBe(0);

    stoppable.goOn();
    await until(async () => (await read()).json.replica === 'a1');
  });

  it('is left by a write with a key; what it does late is recognised', async () => {
    const gateway = await open(services, { answerMs: ANSWER_MS });
    const account = await accountOfFirst(gateway);
    ledger.arrived.length = 0;
    stoppable.stop();
    const done = await credit(gateway, account, 'silent');
    expect([done.status, done.json.n, stoppable.arrivals]).toEqual([201, 1, 1]);
    expect(namesOf()).toEqual(['a2']);

    stoppable.goOn();
    await until(() => namesOf().length === 2);
    expect(namesOf()).toEqual(['a2', 'a1']);
    expect(ledger.done.size).toBe(1);
    expect((await credit(gateway, account, 'silent')).text).toBe(done.text);
  });

  it('keeps any other write waiting: 503 in the end, and it is sent to nobody else', async () => {
    const gateway = await open(services, { answerMs: 3000 });
    await accountOfFirst(gateway);
    stoppable.stop();
    ledger.arrived.length = 0;
    // They take turns: one of two goes to the one that is stopped.
    const count = () => ask(`${gateway.url}/v1/accounts/count`, { body: { points: 1 } });
    const both = await Promise.all([count(), count()]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 503]);
    const unknown = both.find(({ status }) => status === 503);
    expect(unknown?.headers.get('retry-after')).toBe('1');
    expect(unknown?.json.detail).toContain('outcome is not known');
    expect([namesOf(), stoppable.arrivals]).toEqual([['a2'], 1]);

    stoppable.goOn();
    await until(() => ledger.done.size === 2);
    expect(namesOf()).toEqual(['a2', 'a1']);
  });

  it('is left by the event stream, which goes on where it was', async () => {
    const gateway = await open(services, { eventStreamSilentMs: 3000 });
    const followed = await followEvents(gateway.url);
    await happens(eventStore, 'accounts', 1);
    await until(() => followed.numbers().length === 2);
    stoppable.stop();
    await happens(eventStore, 'accounts', 2);
    await until(() => followed.numbers().length === 4);
    expect(followed.numbers()).toEqual([11, 12, 21, 22]);
    followed.close();
  });

  it('is waited for while it only thinks', async () => {
    const gateway = await open(services, { answerMs: ANSWER_MS });
    const account = await accountOfFirst(gateway);
    ledger.arrived.length = 0;
    ledger.next = 'hang';
    const slow = credit(gateway, account, 'slow');
    await until(() => ledger.release !== undefined);
    setTimeout(() => ledger.release?.(), 5000);
    expect((await slow).status).toBe(201);
    expect(namesOf()).toEqual(['a1']);
  });
});

describe('a rolling update', () => {
  const program = ({ url }: RunningGateway) => ask(`${url}/v1/programs`);
  const version = ({ url }: RunningGateway, name: string) => ask(`${url}/v1/versions/${name}`);
  const portOf = ({ url }: FakeReplica): number => Number(new URL(url).port);

  async function described({ url }: RunningGateway): Promise<readonly string[]> {
    const { paths } = (await ask(`${url}/openapi.json`)).json as { paths: object };
    return Object.keys(paths).filter((path) => path.startsWith('/v1/versions/'));
  }

  it('serves what any version has, each by those that have it', async () => {
    const olds = await start('earning', 'old', { version: 'one' });
    const news = await start('earning', 'new', { version: 'two' });
    const gateway = await open({ earning: [olds.url, news.url] });
    await until(async () => (await described(gateway)).length === 2);
    // Several times as long as it takes to ask everybody for the endpoints again.
    for (const end = performance.now() + 1500; performance.now() < end;) {
      const answers = await Promise.all([version(gateway, 'one'), version(gateway, 'two')]);
      expect(answers.map(({ json }) => json.replica)).toEqual(['old', 'new']);
      expect(await described(gateway)).toEqual(['/v1/versions/one', '/v1/versions/two']);
    }
    const shared = await Promise.all([1, 2, 3, 4].map(() => program(gateway)));
    expect(new Set(shared.map(({ json }) => json.replica))).toEqual(new Set(['old', 'new']));
  });

  it('ends with the endpoints of the new version', async () => {
    const olds = await start('earning', 'old', { version: 'one' });
    const news = await start('earning', 'new', { version: 'two' });
    const gateway = await open({ earning: [olds.url, news.url] }, { routesKeptMs: 1000 });
    await until(async () => (await described(gateway)).length === 2);
    await olds.kill();
    await start('earning', 'newer', { version: 'two', port: portOf(olds) });
    await until(async () => (await described(gateway)).length === 1);
    expect(await described(gateway)).toEqual(['/v1/versions/two']);
    expect((await version(gateway, 'one')).json.code).toBe('not_found');
    const answers = await Promise.all([1, 2].map(() => version(gateway, 'two')));
    expect(new Set(answers.map(({ json }) => json.replica))).toEqual(new Set(['new', 'newer']));
  });

  it('passes on what a replica does not have any more, before that is known', async () => {
    const first = await start('earning', 'e1', { version: 'one' });
    const second = await start('earning', 'e2', { version: 'one' });
    const services = { earning: [first.url, second.url] };
    const gateway = await open(services, { askAgainEveryMs: 60_000 });
    await until(async () => (await version(gateway, 'one')).json.replica === 'e2');
    await first.kill();
    await start('earning', 'e1', { version: 'two', port: portOf(first) });
    // It is asked again only after a moment.
    await until(async () => (await program(gateway)).json.replica === 'e1');
    for (const _ of [1, 2, 3, 4]) {
      const answer = await version(gateway, 'one');
      expect([answer.status, answer.json.replica]).toEqual([200, 'e2']);
    }
    // Nor is it taken for one that is away.
    const shared = await Promise.all([1, 2].map(() => program(gateway)));
    expect(new Set(shared.map(({ json }) => json.replica))).toEqual(new Set(['e1', 'e2']));

    await second.kill();
    const nobody = await version(gateway, 'one');
    expect([nobody.status, nobody.headers.get('retry-after')]).toEqual([503, '1']);
  });
});

describe('requests that are about one thing', () => {
  const ticket = ({ url }: RunningGateway, participant: object, points: number) =>
    ask(`${url}/v1/accounts/tickets`, { body: { points, participant } });

  it('go to one replica, also where the body names it; others to others', async () => {
    const three = [
      await start('accounts', 'a1'),
      await start('accounts', 'a2'),
      await start('accounts', 'a3'),
    ];
    const urls = three.map(({ url }) => url);
    const gateways = await Promise.all([open({ accounts: urls }), open({ accounts: urls })]);
    const [one, other] = gateways;
    const homes = new Set<string>();
    for (let n = 0; n < 40; n += 1) {
      ledger.arrived.length = 0;
      await Promise.all([
        ticket(one, { externalId: `ann-${n}` }, 2 * n + 1),
        ticket(other, { externalId: `ann-${n}` }, 2 * n + 2),
        ask(`${other.url}/v1/accounts/ext:ann-${n}`),
        ask(`${one.url}/v1/accounts/ext:ann-${n}`),
      ]);
      const [home = '', ...more] = namesOf();
      expect(more).toEqual([home, home, home]);
      homes.add(home);
    }
    expect(homes).toEqual(new Set(['a1', 'a2', 'a3']));
  });

  it('go elsewhere when their replica is away, and only they', async () => {
    const three = [
      await start('accounts', 'a1'),
      await start('accounts', 'a2'),
      await start('accounts', 'a3'),
    ];
    const gateway = await open({ accounts: three.map(({ url }) => url) });
    const homesNow = async (): Promise<readonly unknown[]> => {
      const accounts = Array.from({ length: 90 }, (_, n) => `${gateway.url}/v1/accounts/ann-${n}`);
      const answers = await Promise.all(accounts.map((account) => ask(account)));
      return answers.map(({ json }) => json.replica);
    };
    const before = await homesNow();
    await three[0]?.kill();
    const after = await homesNow();
    expect(after).not.toContain('a1');
    expect(after.filter((_, n) => before[n] !== 'a1')).toEqual(
      before.filter((home) => home !== 'a1'),
    );
    // What it had is shared by the others.
    const moved = after.filter((_, n) => before[n] === 'a1');
    expect(new Set(moved)).toEqual(new Set(['a2', 'a3']));
  });

  it('take turns when nothing is named, or it is no name', async () => {
    const two = [await start('accounts', 'a1'), await start('accounts', 'a2')];
    const gateway = await open({ accounts: two.map(({ url }) => url) });
    for (const participant of [undefined, {}, { id: 7 }, 'x', null, []]) {
      ledger.arrived.length = 0;
      const answers = await Promise.all(
        [1, 2].map((points) =>
          ask(`${gateway.url}/v1/accounts/tickets`, { body: { points, participant } }),
        ),
      );
      for (const { status } of answers) expect([200, 400]).toContain(status);
    }
    ledger.arrived.length = 0;
    for (const points of [1, 2]) {
      await ask(`${gateway.url}/v1/accounts/tickets`, { body: { points } });
    }
    expect(new Set(namesOf())).toEqual(new Set(['a1', 'a2']));
  });
});
