import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosTransactionV1 } from '@fidelis/contracts';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Answer, Client } from '../support/client';
import { Fidelis, START_MS_MAX } from '../support/fidelis';
import {
  balanceOf,
  EUR_PROGRAM,
  expectIntegrity,
  register,
  ticket,
  type Member,
} from '../support/fixtures';
import { SpanCollector } from '../support/span-collector';
import { until } from '../support/until';
import { isKnown, openShelf, Spender } from './spender';

jest.setTimeout(240_000);

/** Less than a call waits for its answer, so that nothing needs to fail. */
const SLOW_MS = 1_000;
/** On a machine that does much else. */
const RESTART_MS_MAX = 120_000;

interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly reason: string;
}

let collector: SpanCollector;
let fidelis: Fidelis;
let client: Client;
let producer: Producer;

beforeAll(async () => {
  collector = await SpanCollector.start();
  fidelis = await Fidelis.start({ mode: 'distributed', env: collector.environment });
  client = fidelis.client();
  await client.post('/programs', { ...EUR_PROGRAM, returns: { clawback: 'refuse' } });
  await client.post('/vendors', { id: 'airline', name: 'Airline', kind: 'external' });
  await openShelf(client);
  const broker = fidelis.processes().get('kafka')?.url.replace('kafka://', '') ?? '';
  const kafka = new Kafka({ brokers: [broker], clientId: 'till', logLevel: logLevel.ERROR });
  producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
}, START_MS_MAX);

afterAll(async () => {
  await producer.disconnect();
  await client.close();
  await fidelis.dispose();
  collector.stop();
}, START_MS_MAX);

const publish = async (participant: string, value: string): Promise<void> => {
  await producer.send({
    topic: PosTransactionV1.topic,
    acks: -1,
    messages: [{ key: participant, value }],
  });
};

const cloudEvent = (data: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    type: 'till.ticket',
    source: '/tills/7',
    datacontenttype: 'application/json',
    data,
  });

const availableOf = async ({ accountId }: Member): Promise<number> =>
  (await balanceOf(client, accountId)).available;

const letters = async (): Promise<readonly DeadLetter[]> =>
  (await client.get<{ data: readonly DeadLetter[] }>('/dead-letters')).body.data;

describe('tickets on the topic of points of sale', () => {
  test('earn as over HTTP, in the order of their key, and count once', async () => {
    const ann = await register(client, 'ann');
    const participant = { externalId: 'ann' };
    for (const [n, total] of [10_000, 5_000, 2_500].entries()) {
      const sold = cloudEvent(ticket(`till-${n}`, total, { participant }));
      await publish('ann', sold);
      await publish('ann', sold);
    }
    // 100 + 50 + 25 points.
    expect(
      await until(
        () => availableOf(ann),
        (points) => points >= 175,
      ),
    ).toBe(175);
    await expectIntegrity(client);
    expect(await availableOf(ann)).toBe(175);
  });

  test('that nobody can read, or that a rule refuses, wait as dead letters; others go on', async () => {
    const bob = await register(client, 'bob');
    const participant = { externalId: 'bob' };
    await publish('bob', 'no ticket at all');
    const points = { participant, redeem: { points: 10 } };
    await publish('bob', cloudEvent(ticket('till-redeems', 1_000, points)));
    await publish('bob', cloudEvent(ticket('till-good', 1_000, { participant })));

    expect(
      await until(
        () => availableOf(bob),
        (available) => available > 0,
      ),
    ).toBe(10);
    const waiting = await until(letters, ({ length }) => length === 2);
    expect(waiting.map(({ topic, reason }) => [topic, reason.split(':')[0]])).toEqual([
      [PosTransactionV1.topic, 'ContractError'],
      [PosTransactionV1.topic, 'purchase_required'],
    ]);
    // A till's mistake is no fault of ours.
    await expectIntegrity(client);
  });

  test('are recorded when the cause is gone and a person says so', async () => {
    const participant = { externalId: 'carol' };
    const sold = ticket('till-early', 7_000, { participant });
    const before = new Set((await letters()).map(({ id }) => id));
    await publish('carol', cloudEvent(sold));
    const all = await until(letters, ({ length }) => length > before.size);
    const letter = all.find(({ id }) => !before.has(id));
    expect(letter?.reason).toContain('participant_not_found');

    const carol = await register(client, 'carol');
    const retried = await client.post(`/dead-letters/${letter?.id ?? ''}/retry`);
    expect(retried.status).toBe(200);
    const gone = await until(letters, ({ length }) => length === before.size);
    expect(gone.map(({ id }) => id)).not.toContain(letter?.id);
    expect(
      await until(
        () => availableOf(carol),
        (points) => points > 0,
      ),
    ).toBe(70);
  });
});

describe('one ticket', () => {
  test('is one trace through gateway, earning and accounts', async () => {
    await register(client, 'dora');
    const traceId = randomUUID().replaceAll('-', '');
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const sold = ticket('traced', 1_000, { participant: { externalId: 'dora' } });
    const answer = await client.post('/transactions', sold, { headers });
    expect(answer.status).toBe(201);

    const seen = (): readonly string[] =>
      collector.of(traceId).map(({ service, name }) => `${service}: ${name}`);
    // The last one is of the message that repeats the award's call. Each process sends its own.
    const expected = [
      /^fidelis-gateway: /,
      /^fidelis-earning: POST \/v1\/transactions$/,
      /^fidelis-earning: call accounts\/award-points$/,
      /^fidelis-accounts: POST \/internal\/calls\/:service\/:name$/,
      /^fidelis-accounts: .*membership-commands/,
    ];
    const missing = (names: readonly string[]): readonly RegExp[] =>
      expected.filter((wanted) => !names.some((name) => wanted.test(name)));
    const spans = await until(seen, (names) => missing(names).length === 0);
    expect(missing(spans)).toEqual([]);
  });
});

describe('answers when accounts', () => {
  const ACCOUNTS = ['accounts.1', 'accounts.2'];
  const signal = (name: NodeJS.Signals): void => {
    for (const replica of ACCOUNTS) {
      const running = fidelis.processes().get(replica);
      // 0 would be everything that runs with this test.
      if (running === undefined) throw new Error(`${replica} does not run`);
      process.kill(running.pid, name);
    }
  };

  /** Sent again under the same key or id, each has its one outcome, and all of them happened once. */
  const expectOneOutcomeOfEach = async (spender: Spender): Promise<void> => {
    for (const write of spender.writes()) {
      const known = await until(write.send, isKnown);
      // Repeated business ids answer 200.
      const expected = known.status === 200 ? 201 : known.status;
      expect([write.name, expected, known.body]).toMatchObject([
        write.name,
        write.status,
        write.body,
      ]);
      expect((await write.send()).body).toMatchObject(write.body);
    }
    // 1,050 - 100 that paid + 99 earned on 99.00 - 200 held - 40 for the offer - 50 returned.
    const balance = await until(
      () => balanceOf(client, spender.member.accountId),
      ({ available }) => available === 759,
    );
    expect(balance).toMatchObject({ available: 759, held: 200, debt: 0 });
    expect(await balanceOf(client, spender.spent.accountId)).toMatchObject({ total: 0, debt: 0 });
    expect(await spender.offers()).toBe(1);
    await expectIntegrity(client);
  };

  test('is silent say that nothing is known; the same request is answered once it is back', async () => {
    const spender = await Spender.prepare(client, 'eve');
    signal('SIGSTOP');
    try {
      const answers = await Promise.all(spender.writes().map((write) => write.send()));
      for (const { status, headers } of answers) {
        expect(status).toBe(503);
        expect(headers['retry-after']).toBeDefined();
      }
    } finally {
      signal('SIGCONT');
    }
    await expectOneOutcomeOfEach(spender);
  });

  test('is slow come late, or say that nothing is known', async () => {
    const spender = await Spender.prepare(client, 'finn');
    signal('SIGSTOP');
    const answers = Promise.all(spender.writes().map((write) => write.send()));
    await sleep(SLOW_MS);
    signal('SIGCONT');
    expectAnsweredOrUnknown(await answers);
    await expectOneOutcomeOfEach(spender);
  });

  test('dies after doing it say so or are right; its successor knows what was done', async () => {
    const spender = await Spender.prepare(client, 'gil');
    const balance = () => balanceOf(client, spender.member.accountId);
    const before = (await balance()).available;
    const answers = Promise.all(spender.writes().map((write) => write.send()));
    await until(balance, ({ available }) => available !== before);
    signal('SIGKILL');
    expectAnsweredOrUnknown(await answers);
    const asked = (): Promise<Answer> => client.get(`/participants/${spender.member.id}`);
    await until(asked, isKnown, RESTART_MS_MAX);
    await expectOneOutcomeOfEach(spender);
  });
});

function expectAnsweredOrUnknown(answers: readonly Answer[]): void {
  for (const answer of answers) {
    if (isKnown(answer)) expect([201, 409]).toContain(answer.status);
    else expect(answer.headers['retry-after']).toBeDefined();
  }
}
