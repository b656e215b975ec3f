import { randomUUID } from 'node:crypto';
import { PosTransactionV1 } from '@fidelis/contracts';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Answer, Client } from '../support/client';
import { Fidelis, START_MS_MAX } from '../support/fidelis';
import {
  balanceOf,
  EUR_PROGRAM,
  expectIntegrity,
  key,
  register,
  ticket,
  type Member,
} from '../support/fixtures';
import { SpanCollector } from '../support/span-collector';
import { until } from '../support/until';

jest.setTimeout(120_000);

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
  await client.post('/programs', EUR_PROGRAM);
  await client.post('/vendors', { id: 'airline', name: 'Airline', kind: 'external' });
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

describe('answers when accounts is away', () => {
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const replica of ['accounts.1', 'accounts.2']) {
      process.kill(fidelis.processes().get(replica)?.pid ?? 0, name);
    }
  };

  test('say that nothing is known; the same request is answered once it is back', async () => {
    const eve = await register(client, 'eve');
    const participant = { externalId: 'eve' };
    await client.post('/transactions', ticket('eve-earns', 100_000, { participant }));
    expect(await availableOf(eve)).toBe(1_000);

    const redeeming = ticket('eve-pays', 10_000, { participant, redeem: { points: 100 } });
    const held = { participantId: eve.id, vendorId: 'airline', reference: 'f-1', points: 200 };
    const idempotencyKey = key();
    const pay = (): Promise<Answer> => client.post('/transactions', redeeming);
    const authorize = (): Promise<Answer> =>
      client.post('/purchases/authorize', held, { idempotencyKey });

    signal('SIGSTOP');
    try {
      const [paid, authorized] = await Promise.all([pay(), authorize()]);
      for (const { status, headers } of [paid, authorized]) {
        expect(status).toBe(503);
        expect(headers['retry-after']).toBeDefined();
      }
    } finally {
      signal('SIGCONT');
    }
    const paid = await until(pay, ({ status }) => status !== 503);
    expect([200, 201]).toContain(paid.status);
    expect(paid.body['redemption']).toMatchObject({ points: 100, amount: 100 });
    const authorized = await until(authorize, ({ status }) => status !== 503);
    expect(authorized.status).toBe(201);
    // 1,000 - 100 spent + 99 earned on 99.00, and 200 held.
    expect(
      await until(
        () => availableOf(eve),
        (available) => available === 799,
      ),
    ).toBe(799);
    await expectIntegrity(client);
  });
});
