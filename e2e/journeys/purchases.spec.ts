import { setTimeout as sleep } from 'node:timers/promises';
import { Fidelis, MODES, START_MS_MAX } from '../support/fidelis';
import type { Client } from '../support/client';
import {
  balanceOf,
  EUR_PROGRAM,
  expectIntegrity,
  key,
  register,
  type Member,
} from '../support/fixtures';

interface Purchase {
  readonly purchaseId: string;
  readonly authorizationId: string;
  readonly status: string;
  readonly points: number;
  readonly amount: number;
  readonly orders: readonly { readonly orderId: string; readonly status: string }[];
}

describe.each(MODES)('purchases, in mode %s', (mode) => {
  let fidelis: Fidelis;
  let client: Client;

  beforeAll(async () => {
    fidelis = await Fidelis.start({ mode });
    client = fidelis.client();
    await client.post('/programs', EUR_PROGRAM);
    await client.post('/vendors', { id: 'airline', name: 'Airline', kind: 'external' });
    await client.post('/vendors', {
      id: 'books',
      name: 'Books',
      kind: 'portfolio',
      adapter: { type: 'sandbox' },
    });
    await client.put('/vendors/books/products/novel', { name: 'Novel', price: 1200, stock: 10 });
  }, START_MS_MAX);
  afterEach(() => expectIntegrity(client));
  afterAll(async () => {
    await client.close();
    await fidelis.dispose();
  }, START_MS_MAX);

  /** A new member with 5,000 points. */
  async function member(externalId: string): Promise<Member> {
    const registered = await register(client, externalId);
    const credit = { points: 5000, reason: 'welcome' };
    const path = `/accounts/${registered.accountId}/credits`;
    expect((await client.post(path, credit, { idempotencyKey: key() })).status).toBe(201);
    return registered;
  }

  async function authorize({ id }: Member, points: number): Promise<Purchase> {
    const body = { participantId: id, vendorId: 'airline', reference: `ref-${id}`, points };
    const answer = await client.post<Purchase>('/purchases/authorize', body, {
      idempotencyKey: key(),
    });
    expect(answer.status).toBe(201);
    return answer.body;
  }

  test('authorized points are held, confirmed ones are gone', async () => {
    const ann = await member('ann');
    const purchase = await authorize(ann, 2000);
    // A point is worth 0.01.
    expect(purchase).toMatchObject({ status: 'authorized', points: 2000, amount: 2000 });
    expect(await balanceOf(client, ann.accountId)).toMatchObject({ available: 3000, held: 2000 });
    const path = `/purchases/${purchase.purchaseId}/confirm`;
    const confirmed = await client.post<Purchase>(path);
    expect([confirmed.status, confirmed.body.status]).toEqual([200, 'confirmed']);
    expect((await client.post<Purchase>(path)).body).toEqual(confirmed.body);
    expect((await client.post(path, { points: 1 })).body).toMatchObject({
      status: 409,
      code: 'purchase_already_confirmed',
    });
    expect(await balanceOf(client, ann.accountId)).toMatchObject({
      available: 3000,
      held: 0,
      total: 3000,
      lifetime: { redeemed: 2000 },
    });
  });

  test('a part is confirmed and the rest is free again', async () => {
    const ben = await member('ben');
    const { purchaseId } = await authorize(ben, 2000);
    const confirmed = await client.post(`/purchases/${purchaseId}/confirm`, { points: 1500 });
    expect(confirmed.body).toMatchObject({ status: 'confirmed', points: 1500, amount: 1500 });
    expect(await balanceOf(client, ben.accountId)).toMatchObject({ available: 3500, held: 0 });
  });

  test('a cancelled authorization gives the points back and cannot be confirmed', async () => {
    const cleo = await member('cleo');
    const { purchaseId } = await authorize(cleo, 2000);
    expect((await client.post(`/purchases/${purchaseId}/cancel`)).status).toBe(200);
    expect((await client.post(`/purchases/${purchaseId}/cancel`)).status).toBe(200);
    expect((await client.post(`/purchases/${purchaseId}/confirm`)).body).toMatchObject({
      status: 409,
      code: 'purchase_not_authorized',
    });
    expect(await balanceOf(client, cleo.accountId)).toMatchObject({ available: 5000, held: 0 });
  });

  test('a ticket that a purchase paid gives its points back when it returns', async () => {
    const tia = await member('tia');
    const { purchaseId } = await authorize(tia, 1000);
    // 10.00 of 40.00 are paid with 1,000 points: 30.00 earn 30.
    const ticket = {
      transactionId: 'paid-by-purchase',
      participant: { id: tia.id },
      occurredAt: '2026-11-22T10:00:00Z',
      currency: 'EUR',
      total: 4000,
      redeem: { purchaseId },
    };
    expect((await client.post('/transactions', ticket)).status).toBe(201);
    expect(await balanceOf(client, tia.accountId)).toMatchObject({ available: 4030, held: 0 });
    const giveBack = (body: object) => client.post('/transactions/paid-by-purchase/returns', body);
    // A quarter: 250 points and 2.50; of 30.00 − (10.00 − 2.50) stay 22 points, 8 go.
    const quarter = await giveBack({ returnId: 'quarter', amount: 1000 });
    expect(quarter.body).toMatchObject({ restoredPoints: 250, reversedPoints: 8 });
    expect(await balanceOf(client, tia.accountId)).toMatchObject({ available: 4272 });
    const rest = await giveBack({ returnId: 'rest', full: true });
    expect(rest.body).toMatchObject({ restoredPoints: 750, reversedPoints: 22 });
    expect(await balanceOf(client, tia.accountId)).toMatchObject({ available: 5000, debt: 0 });
  });

  test('a total reversal restores what was paid, once', async () => {
    const dora = await member('dora');
    const purchase = await authorize(dora, 2000);
    await client.post(`/purchases/${purchase.purchaseId}/confirm`);
    const path = `/purchases/${purchase.purchaseId}/orders/${purchase.orders[0]?.orderId ?? ''}/reversals`;
    const reversal = { reversalId: 'rev-1', kind: 'total', reason: { code: 'customer_request' } };
    const first = await client.post(path, reversal);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ restoredPoints: 2000, restoredAmount: 2000 });
    expect([(await client.post(path, reversal)).status]).toEqual([200]);
    const more = await client.post(path, { ...reversal, reversalId: 'rev-2' });
    expect([more.status, more.body['code']]).toEqual([409, 'reversal_exceeds_redemption']);
    expect(await balanceOf(client, dora.accountId)).toMatchObject({
      available: 5000,
      lifetime: { redeemed: 2000, restored: 2000 },
    });
  });

  test('a purchase of portfolio goods is ordered at its vendor and paid', async () => {
    const emil = await member('emil');
    const ordered = await client.post<Purchase>(
      '/purchases',
      {
        participantId: emil.id,
        orders: [{ vendorId: 'books', items: [{ sku: 'novel', quantity: 2 }] }],
      },
      { idempotencyKey: key() },
    );
    expect([201, 202]).toContain(ordered.status);
    let purchase = ordered.body;
    for (let i = 0; i < 100 && purchase.status !== 'confirmed'; i += 1) {
      await sleep(50);
      purchase = (await client.get<Purchase>(`/purchases/${purchase.purchaseId}`)).body;
    }
    // Two novels of 12.00 are 2,400 points.
    expect(purchase).toMatchObject({ status: 'confirmed', points: 2400, amount: 2400 });
    expect(await balanceOf(client, emil.accountId)).toMatchObject({ available: 2600, held: 0 });
  });

  test('what is more than the balance is refused and leaves no purchase', async () => {
    const finn = await member('finn');
    const body = { participantId: finn.id, vendorId: 'airline', reference: 'r', points: 5001 };
    const refused = await client.post('/purchases/authorize', body, { idempotencyKey: key() });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'insufficient_points', available: 5000 });
    const { body: list } = await client.get<{ data: object[] }>(
      `/purchases?participantId=${finn.id}&fresh=true`,
    );
    expect(list.data).toEqual([]);
  });
});
