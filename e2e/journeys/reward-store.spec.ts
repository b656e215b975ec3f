import { Fidelis, MODES, START_MS_MAX } from '../support/fidelis';
import type { Client } from '../support/client';
import {
  balanceOf,
  EUR_PROGRAM,
  expectIntegrity,
  key,
  register,
  ticket,
  type Member,
} from '../support/fixtures';

interface Bought {
  readonly pointsSpent: number;
  readonly issuedOffers: readonly { readonly id: string; readonly status: string }[];
  readonly balance: { readonly available: number };
}

/** Buy a coffee, get a muffin free. */
const COFFEE_AND_MUFFIN = {
  id: 'muffin',
  name: 'Buy a coffee, get a muffin free',
  type: 'buyXGetY',
  buy: { skus: ['coffee'], quantity: 1 },
  get: { skus: ['muffin'], quantity: 1, percentBps: 10_000 },
};
const BREAKFAST = [
  { lineId: '1', sku: 'coffee', quantity: 1, amount: 300 },
  { lineId: '2', sku: 'muffin', quantity: 1, amount: 250 },
];

describe.each(MODES)('reward store, in mode %s', (mode) => {
  let fidelis: Fidelis;
  let client: Client;

  beforeAll(async () => {
    fidelis = await Fidelis.start({ mode });
    client = fidelis.client();
    await client.post('/programs', EUR_PROGRAM);
    await client.post('/offers', COFFEE_AND_MUFFIN);
    await client.post('/offers', {
      id: 'five-off',
      name: '5.00 off',
      type: 'amountOff',
      amount: 500,
    });
    await client.post('/reward-stores', { id: 'shop', name: 'Shop', programId: 'euro' });
    await client.put('/reward-stores/shop/offers/muffin', { price: 40 });
    await client.put('/reward-stores/shop/offers/five-off', { price: 10, stock: 1 });
  }, START_MS_MAX);
  afterEach(() => expectIntegrity(client));
  afterAll(async () => {
    await client.close();
    await fidelis.dispose();
  }, START_MS_MAX);

  /** A new member with 100 points, from a ticket of 100.00. */
  async function memberWith100(externalId: string): Promise<Member> {
    const member = await register(client, externalId);
    const sale = ticket(`sale-${externalId}`, 10_000, { participant: { externalId } });
    expect((await client.post('/transactions', sale)).body).toMatchObject({ credited: true });
    return member;
  }

  const buy = (offer: string, member: Member, idempotencyKey = key()) =>
    client.post<Bought>(
      `/reward-stores/shop/offers/${offer}/purchases`,
      { participantId: member.id },
      { idempotencyKey },
    );

  test('an offer is bought with points and redeemed on the next ticket', async () => {
    const member = await memberWith100('ann');
    const bought = await buy('muffin', member);
    expect(bought.status).toBe(201);
    expect(bought.body).toMatchObject({ pointsSpent: 40, balance: { available: 60 } });
    const issued = bought.body.issuedOffers[0]?.id ?? '';

    const lock = { transactionId: 'breakfast', lines: BREAKFAST };
    const locked = await client.post(`/issued-offers/${issued}/lock`, lock);
    // The muffin of 2.50 is free.
    expect(locked.body).toMatchObject({
      status: 'locked',
      discount: { amount: 250, lines: [{ lineId: '2', amount: 250 }] },
    });
    const other = await client.post(`/issued-offers/${issued}/lock`, {
      ...lock,
      transactionId: 'x',
    });
    expect([other.status, other.body['code']]).toEqual([409, 'offer_locked_elsewhere']);

    const sale = await client.post('/transactions', {
      ...ticket('breakfast', 300, { participant: { externalId: 'ann' } }),
      lines: [BREAKFAST[0], { ...BREAKFAST[1], amount: 0, discount: 250 }],
      offers: [{ issuedOfferId: issued, discount: 250 }],
    });
    expect([sale.status, sale.body['credited']]).toEqual([201, true]);
    expect((await client.get(`/issued-offers/${issued}`)).body).toMatchObject({
      status: 'redeemed',
    });
    const again = await client.post('/transactions', {
      ...ticket('lunch', 300, { participant: { externalId: 'ann' } }),
      offers: [{ issuedOfferId: issued }],
    });
    expect([again.status, again.body['code']]).toEqual([409, 'offer_not_redeemable']);
    expect((await client.get('/transactions/lunch')).status).toBe(404);
    // 100 earned, 40 spent, 3 earned by the breakfast of 3.00.
    expect(await balanceOf(client, member.accountId)).toMatchObject({ available: 63, held: 0 });
  });

  test('of two buyers of the last one exactly one gets it, and the other keeps the points', async () => {
    const [ben, cleo] = [await memberWith100('ben'), await memberWith100('cleo')];
    const answers = await Promise.all([buy('five-off', ben), buy('five-off', cleo)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'out_of_stock' });
    const balances = [
      await balanceOf(client, ben.accountId),
      await balanceOf(client, cleo.accountId),
    ];
    expect(balances.map(({ available }) => available).sort()).toEqual([100, 90]);
  });

  test('the same key buys once', async () => {
    const member = await memberWith100('dora');
    const idempotencyKey = key();
    const first = await buy('muffin', member, idempotencyKey);
    const again = await buy('muffin', member, idempotencyKey);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await balanceOf(client, member.accountId)).toMatchObject({ available: 60 });
  });

  test('who has too few points buys nothing', async () => {
    const member = await register(client, 'emil');
    const refused = await buy('muffin', member);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'insufficient_points',
      available: 0,
      requested: 40,
    });
    const { body } = await client.get<{ data: object[] }>(
      `/participants/${member.id}/issued-offers?fresh=true`,
    );
    expect(body.data).toEqual([]);
  });

  test('a redeemed offer is given back by reinstating it', async () => {
    const member = await memberWith100('finn');
    const issued = (await buy('muffin', member)).body.issuedOffers[0]?.id ?? '';
    const sale = { transactionId: 'tea', lines: BREAKFAST };
    expect((await client.post(`/issued-offers/${issued}/redeem`, sale)).status).toBe(200);
    const back = await client.post(`/issued-offers/${issued}/reinstate`);
    expect([back.status, back.body['status']]).toEqual([200, 'issued']);
  });

  test('an offer that was reinstated is used by one ticket, also by the one that had it before', async () => {
    const member = await memberWith100('hugo');
    const issued = (await buy('muffin', member)).body.issuedOffers[0]?.id ?? '';
    const use = { transactionId: 'cake', lines: BREAKFAST };
    for (const step of ['lock', 'redeem']) {
      expect((await client.post(`/issued-offers/${issued}/${step}`, use)).status).toBe(200);
    }
    expect((await client.post(`/issued-offers/${issued}/reinstate`)).status).toBe(200);
    const sale = (id: string) => ({
      ...ticket(id, 300, { participant: { externalId: 'hugo' } }),
      offers: [{ issuedOfferId: issued }],
    });
    expect((await client.post('/transactions', sale('cake'))).status).toBe(201);
    const { body } = await client.get(`/issued-offers/${issued}`);
    expect(body).toMatchObject({ status: 'redeemed' });
    const second = await client.post('/transactions', sale('pie'));
    expect([second.status, second.body['code']]).toEqual([409, 'offer_not_redeemable']);
  });

  test('a campaign issues an offer on a ticket whose lines match', async () => {
    await client.post('/campaigns', {
      id: 'coffee-club',
      name: 'Coffee club',
      programId: 'euro',
      trigger: 'transaction',
      condition: 'lines.exists(line, line.sku == "coffee")',
      effects: [
        { type: 'fixed', points: 25 },
        { type: 'issueOffer', offerId: 'muffin' },
      ],
    });
    expect((await client.post('/campaigns/coffee-club/activate')).status).toBe(200);
    const member = await register(client, 'gina');
    const sale = {
      ...ticket('club', 550, { participant: { externalId: 'gina' } }),
      lines: BREAKFAST,
    };
    const { body } = await client.post<{ awards: { points: number }[] }>('/transactions', sale);
    // 5 for 5.50 at 1 per 1.00, and 25 from the campaign.
    expect(body.awards).toMatchObject([{ points: 30 }]);
    const { body: offers } = await client.get<{ data: { offerId: string }[] }>(
      `/participants/${member.id}/issued-offers?fresh=true`,
    );
    expect(offers.data).toMatchObject([{ offerId: 'muffin', status: 'issued' }]);
    await client.post('/campaigns/coffee-club/end');
  });
});
