import { PROGRAM } from './fake-neighbours';
import { startRewardStore, type Answer, type TestApp } from './reward-store-app';

const muffin = {
  id: 'muffin',
  name: 'Buy a coffee, get a muffin free',
  type: 'buyXGetY',
  buy: { skus: ['coffee'], quantity: 1 },
  get: { skus: ['muffin'], quantity: 1, percentBps: 10_000 },
  redemption: { validity: { type: 'duration', after: 'P10D' } },
};

describe('buying an offer', () => {
  let fidelis: TestApp;

  beforeEach(async () => {
    fidelis = await startRewardStore();
    fidelis.neighbours.register('anna', 120, 'gold');
    fidelis.neighbours.register('bert', 120);
    expect((await fidelis.send('POST', '/offers', { body: muffin })).status).toBe(201);
    const store = { id: 'main', name: 'Main street', programId: PROGRAM };
    expect((await fidelis.send('POST', '/reward-stores', { body: store })).status).toBe(201);
    await list({ price: 50, stock: 3 });
  });

  afterEach(async () => {
    await fidelis.close();
    expect(fidelis.errors).toEqual([]);
  });

  const list = (body: object) => fidelis.send('PUT', '/reward-stores/main/offers/muffin', { body });
  const buy = (key: string, body: object = {}, path = ''): Promise<Answer> =>
    fidelis.send('POST', `/reward-stores/main/offers/muffin/purchases${path}`, {
      key,
      body: { participantId: 'anna', ...body },
    });
  const issuedOf = async (participantId: string) => {
    const path = `/participants/${participantId}/issued-offers?fresh=true`;
    return (await fidelis.send('GET', path)).body.data;
  };
  const stockLeft = async () =>
    (await fidelis.send('GET', '/reward-stores/main/offers')).body.data[0].stockLeft;

  it('spends the points and issues the offer', async () => {
    const { status, body } = await buy('k1');
    expect(status).toBe(201);
    expect(body).toEqual({
      offerPurchaseId: expect.any(String),
      pointsSpent: 50,
      issuedOffers: [
        {
          id: expect.any(String),
          code: expect.stringMatching(/^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/),
          offerId: 'muffin',
          version: 1,
          status: 'issued',
          expiresAt: '2026-12-03T10:00:00.000Z',
        },
      ],
      balance: { available: 70, pending: 0, held: 0, total: 70, debt: 0 },
    });
    expect(await issuedOf('anna')).toMatchObject([{ offerId: 'muffin', status: 'issued' }]);
    expect(await stockLeft()).toBe(2);
  });

  it('with the same key again gives the same offer, once', async () => {
    const first = await buy('k1');
    const again = await buy('k1');
    expect(again).toEqual(first);
    expect(await issuedOf('anna')).toHaveLength(1);
    expect(fidelis.neighbours.available('anna')).toBe(70);
  });

  it('needs an Idempotency-Key', async () => {
    const path = '/reward-stores/main/offers/muffin/purchases';
    const answer = await fidelis.send('POST', path, { body: { participantId: 'anna' } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });
  });

  it('costs twice as much for two, and is refused where the points do not suffice', async () => {
    expect((await buy('k1', { quantity: 2 })).body).toMatchObject({
      pointsSpent: 100,
      balance: { available: 20 },
    });
    expect(await buy('k2')).toMatchObject({
      status: 409,
      body: { code: 'insufficient_points', available: 20, requested: 50 },
    });
    expect(await stockLeft()).toBe(1);
  });

  it('sells the last one to exactly one of two buyers, and the other keeps the points', async () => {
    await list({ price: 50, stock: 1 });
    const answers = await Promise.all([buy('k1'), buy('k2', { participantId: 'bert' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('out_of_stock');
    const { neighbours } = fidelis;
    expect(neighbours.available('anna') + neighbours.available('bert')).toBe(190);
    expect(await stockLeft()).toBe(0);
  });

  it('of one person twenty times at once stops at the points, and gives back the stock', async () => {
    await list({ price: 50, stock: 100 });
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const answers = await Promise.all(keys.map((key) => buy(key)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['insufficient_points']));
    expect(fidelis.neighbours.available('anna')).toBe(20);
    expect(await stockLeft()).toBe(98);
    expect(await issuedOf('anna')).toHaveLength(2);
  });

  it('stops at the limit per participant', async () => {
    const limited = { ...muffin, id: 'once', issuance: { perParticipant: 1 } };
    await fidelis.send('POST', '/offers', { body: limited });
    await fidelis.send('PUT', '/reward-stores/main/offers/once', { body: { price: 0 } });
    const path = '/reward-stores/main/offers/once/purchases';
    const once = (key: string, participantId: string) =>
      fidelis.send('POST', path, { key, body: { participantId } });
    expect((await once('k1', 'anna')).status).toBe(201);
    expect(await once('k2', 'anna')).toMatchObject({
      status: 409,
      body: { code: 'limit_reached' },
    });
    expect((await once('k3', 'bert')).status).toBe(201);
  });

  it('is simulated by a dry run, which writes nothing', async () => {
    const { status, body } = await buy('k1', {}, '?dryRun=true');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      simulated: true,
      pointsSpent: 50,
      balance: { available: 70 },
      issuedOffers: [{ status: 'issued', expiresAt: '2026-12-03T10:00:00.000Z' }],
    });
    expect(await issuedOf('anna')).toEqual([]);
    expect(fidelis.neighbours.available('anna')).toBe(120);
    expect(await stockLeft()).toBe(3);
  });

  it.each(['hold', 'capture'] as const)(
    'whose %s is answered too late ends by the same key, spent and issued once',
    async (step) => {
      fidelis.neighbours.loseAnswerOf = step;
      expect(await buy('k1')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(await buy('k1')).toMatchObject({ status: 201, body: { balance: { available: 70 } } });
      expect(await issuedOf('anna')).toHaveLength(1);
      expect(await stockLeft()).toBe(2);
    },
  );

  it('that nobody asks for again is ended by the timer', async () => {
    fidelis.neighbours.loseAnswerOf = 'capture';
    expect((await buy('k1')).status).toBe(503);
    fidelis.clock.pass(3_000);
    await fidelis.runDue();
    expect(await issuedOf('anna')).toHaveLength(1);
    expect(fidelis.neighbours.available('anna')).toBe(70);
  });

  it('that could not hold in time is given up: the stock is back, nothing is spent', async () => {
    fidelis.neighbours.loseCallOf = 'hold';
    expect((await buy('k1')).status).toBe(503);
    fidelis.clock.pass(60_000);
    await fidelis.runDue();
    expect(await stockLeft()).toBe(3);
    expect(await issuedOf('anna')).toEqual([]);
    expect(fidelis.neighbours.available('anna')).toBe(120);
    expect(await buy('k1')).toMatchObject({
      status: 409,
      body: { code: 'offer_purchase_expired' },
    });
  });

  it('whose hold lapsed before it was spent is given up as well', async () => {
    fidelis.neighbours.loseCallOf = 'capture';
    expect((await buy('k1')).status).toBe(503);
    fidelis.clock.pass(10 * 60_000);
    await fidelis.runDue();
    expect(await stockLeft()).toBe(3);
    expect(await issuedOf('anna')).toEqual([]);
    expect(fidelis.neighbours.available('anna')).toBe(120);
  });

  it('is refused in a closed store, to whom the store is not for, and where it is not listed', async () => {
    const closed = { name: 'Main', programId: PROGRAM, activeTo: '2026-11-22' };
    await fidelis.send('PUT', '/reward-stores/main', { body: closed });
    expect(await buy('k1')).toMatchObject({ status: 409, body: { code: 'store_closed' } });
    const access = { type: 'tiers', tiers: ['gold'] };
    const gold = { name: 'Main', programId: PROGRAM, access };
    await fidelis.send('PUT', '/reward-stores/main', { body: gold });
    expect(await buy('k2', { participantId: 'bert' })).toMatchObject({
      status: 403,
      body: { code: 'not_eligible' },
    });
    expect((await buy('k3')).status).toBe(201);
    await fidelis.send('DELETE', '/reward-stores/main/offers/muffin');
    expect(await buy('k4')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await buy('k5', { participantId: 'zoe' })).toMatchObject({ status: 404 });
  });

  it('is for oneself only with a participant token', async () => {
    const path = '/reward-stores/main/offers/muffin/purchases';
    const bought = (participantId: string, key: string) =>
      fidelis.send('POST', path, { key, body: { participantId }, as: 'participant:anna' });
    expect((await bought('bert', 'k1')).status).toBe(403);
    expect((await bought('anna', 'k2')).status).toBe(201);
  });
});
