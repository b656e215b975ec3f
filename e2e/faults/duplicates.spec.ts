import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client';
import { Fidelis } from '../support/fidelis';
import {
  balanceOf,
  expectIntegrity,
  key,
  register,
  ticket,
  type Member,
} from '../support/fixtures';
import { gaugeOf, valuesOf } from '../support/metrics';
import { seedOfRun } from '../support/random';
import { openShop } from './crowd';

jest.setTimeout(90_000);

const seed = seedOfRun('duplicates');
const MEMBERS = 12;
const BREAKFAST = [
  { lineId: '1', sku: 'coffee', quantity: 1, amount: 300 },
  { lineId: '2', sku: 'muffin', quantity: 1, amount: 250 },
];

let fidelis: Fidelis;
let client: Client;
let members: Member[];

beforeAll(async () => {
  fidelis = await Fidelis.start({
    env: { FIDELIS_TEST_CLOCK: '1', FIDELIS_TEST_DISTURB_MESSAGES: String(seed) },
  });
  client = fidelis.client();
  await openShop(client);
  await client.put('/reward-stores/shop/offers/five-off', { price: 10, stock: 100 });
  await client.put('/vendors/books/products/novel', { name: 'Novel', price: 300, stock: 50 });
  await client.post('/offers', {
    id: 'muffin',
    name: 'Muffin',
    type: 'freeItem',
    skus: ['muffin'],
  });
  await client.post('/campaigns', {
    ...{ id: 'coffee-club', name: 'Coffee club', programId: 'euro', trigger: 'transaction' },
    condition: 'lines.exists(line, line.sku == "coffee")',
    effects: [
      { type: 'fixed', points: 25 },
      { type: 'issueOffer', offerId: 'muffin' },
    ],
  });
  await client.post('/campaigns/coffee-club/activate');
  members = [];
  for (let i = 0; i < MEMBERS; i += 1) members.push(await register(client, `member-${i}`));
});

afterAll(async () => {
  await client.close();
  await fidelis.dispose();
});

const everyMember = (work: (member: Member, index: number) => Promise<void>): Promise<unknown> =>
  Promise.all(members.map(work));

async function expectBalances(expected: (index: number) => object): Promise<void> {
  for (const [index, { accountId }] of members.entries()) {
    expect(await balanceOf(client, accountId)).toMatchObject(expected(index));
  }
}

async function post(path: string, body: object, status: number): Promise<Record<string, unknown>> {
  const answer = await client.post(path, body, { idempotencyKey: key() });
  if (answer.status !== status) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function settled(purchaseId: string): Promise<string> {
  for (let i = 0; i < 200; i += 1) {
    const { body } = await client.get<{ status: string }>(`/purchases/${purchaseId}`);
    if (body.status !== 'authorized') return body.status;
    await sleep(50);
  }
  return 'authorized';
}

describe('messages that come three times, mixed with those of others', () => {
  test('credit the awards of a batch once', async () => {
    // Five tickets of 100.00 for everybody, in turns: 500 points each.
    const transactions = Array.from({ length: 5 * MEMBERS }, (_, i) =>
      ticket(`batch-${i}`, 10_000, { participant: { externalId: `member-${i % MEMBERS}` } }),
    );
    await post('/transactions/batch', { transactions }, 200);
    await expectIntegrity(client);
    await expectBalances(() => ({ available: 500, lifetime: { earned: 500 } }));
  });

  test('issue a campaign’s offer once', async () => {
    await everyMember(async (_, i) => {
      const participant = { externalId: `member-${i}` };
      await post('/transactions', ticket(`club-${i}`, 550, { participant, lines: BREAKFAST }), 201);
    });
    await expectIntegrity(client);
    // 5 for 5.50, and 25 from the campaign.
    await expectBalances(() => ({ available: 530, lifetime: { earned: 530 } }));
    await everyMember(async ({ id }) => {
      const path = `/participants/${id}/issued-offers?fresh=true`;
      const { body } = await client.get<{ data: object[] }>(path);
      expect(body.data).toMatchObject([{ offerId: 'muffin', status: 'issued' }]);
    });
  });

  test('sell an offer, confirm a part and place an order once', async () => {
    await everyMember(async ({ id: participantId }, i) => {
      await post('/reward-stores/shop/offers/five-off/purchases', { participantId }, 201);
      const held = { participantId, vendorId: 'airline', reference: `flight-${i}`, points: 100 };
      const { purchaseId } = await post('/purchases/authorize', held, 201);
      await post(`/purchases/${String(purchaseId)}/confirm`, { points: 60 }, 200);
      const items = [{ sku: 'novel', quantity: 1 }];
      const cart = { participantId, orders: [{ vendorId: 'books', items }] };
      const { body } = await client.post('/purchases', cart, { idempotencyKey: key() });
      expect(await settled(String(body['purchaseId']))).toBe('confirmed');
    });
    await expectIntegrity(client);
    // 530 − 10 − 60 − 300.
    await expectBalances(() => ({ available: 160, held: 0, lifetime: { redeemed: 370 } }));
    const { body: catalog } = await client.get<{ data: object[] }>('/catalog?fresh=true');
    expect(catalog.data).toMatchObject([{ sku: 'novel', stock: 50 - MEMBERS }]);
    const { body: shop } = await client.get<{ data: object[] }>('/reward-stores/shop/offers');
    expect(shop.data).toMatchObject([{ offerId: 'five-off', stockLeft: 100 - MEMBERS }]);
  });

  test('take back a ticket and restore a purchase once', async () => {
    await everyMember(async ({ id }, i) => {
      await post(`/transactions/batch-${i}/returns`, { returnId: `r-${i}`, full: true }, 201);
      if (i % 2 === 1) return;
      const { body } = await client.get<{ data: readonly Purchase[] }>(
        `/purchases?participantId=${id}&vendorId=airline&fresh=true`,
      );
      const { purchaseId, orders } = body.data[0] ?? { purchaseId: '', orders: [] };
      const path = `/purchases/${purchaseId}/orders/${orders[0]?.orderId ?? ''}/reversals`;
      await post(path, { reversalId: 'back', kind: 'total', reason: { code: 'regret' } }, 201);
    });
    await expectIntegrity(client);
    await expectFinalBalances();
  });

  test('change nothing when all of them come again from the first on', async () => {
    const head = await gaugeOf(client, 'fidelis_event_store_head');
    await fidelis.stop();
    for (const part of ['', '-wal', '-shm']) {
      rmSync(join(fidelis.dataDir, `bus.db${part}`), { force: true });
    }
    await fidelis.begin();
    await expectIntegrity(client);
    await expectFinalBalances();
    expect(await gaugeOf(client, 'fidelis_event_store_head')).toBe(head);
    const handled = await valuesOf(client, 'fidelis_bus_handled');
    expect(handled.length).toBeGreaterThan(0);
    expect(handled.filter((count) => count % 3 !== 0)).toEqual([]);
    expect(Math.max(...handled)).toBeGreaterThan(3 * MEMBERS);
  });
});

interface Purchase {
  readonly purchaseId: string;
  readonly orders: readonly { readonly orderId: string }[];
}

/** 160 − 100 of the returned ticket; every other member has 60 back from the airline. */
const expectFinalBalances = (): Promise<void> =>
  expectBalances((index) => ({
    available: index % 2 === 1 ? 60 : 120,
    held: 0,
    debt: 0,
    lifetime: { earned: 530, reversed: 100, redeemed: 370, restored: index % 2 === 1 ? 0 : 60 },
  }));
