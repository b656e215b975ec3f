import {
  IssueOffer,
  LockOffersForTicket,
  RedeemOffersOfTicket,
  ReinstateOffersOfTicket,
  UnlockOffersOfTicket,
} from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { PROGRAM } from './fake-neighbours';
import { startRewardStore, type TestApp } from './reward-store-app';

const muffin = {
  id: 'muffin',
  name: 'Buy a coffee, get a muffin free',
  type: 'buyXGetY',
  buy: { skus: ['coffee'], quantity: 1 },
  get: { skus: ['muffin'], quantity: 1 },
  posDiscountId: 'D-17',
  redemption: { validity: { type: 'duration', after: 'P10D' }, perParticipant: 2 },
};
const lines = [
  { lineId: '1', sku: 'coffee', quantity: 1, amount: 350 },
  { lineId: '2', sku: 'muffin', quantity: 1, amount: 280 },
];
const discount = { amount: 280, lines: [{ lineId: '2', amount: 280 }] };

describe('an issued offer', () => {
  let fidelis: TestApp;
  let id: string;

  beforeEach(async () => {
    fidelis = await startRewardStore();
    fidelis.neighbours.register('anna', 0, 'gold');
    fidelis.neighbours.register('bert', 100);
    await fidelis.send('POST', '/offers', { body: muffin });
    id = await grant('g1');
  });

  afterEach(async () => {
    await fidelis.close();
    expect(fidelis.errors).toEqual([]);
  });

  const grant = async (key: string, participantId = 'anna'): Promise<string> => {
    const body = { offerId: 'muffin', participantId };
    const answer = await fidelis.send('POST', '/issued-offers', { key, body });
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const act = (action: string, body: object, of = id) =>
    fidelis.send('POST', `/issued-offers/${of}/${action}`, { body });
  const status = async (of = id) => (await fidelis.send('GET', `/issued-offers/${of}`)).body.status;
  const onTicket = (ticket: string, ...ids: string[]) => ({
    ticket,
    participantId: 'anna',
    offers: ids.map((issuedOfferId) => ({ issuedOfferId })),
    lines,
    now: fidelis.clock.now(),
    operation: { id: `op-${ticket}` },
  });

  it('is used, freed and revoked in dry runs without a change', async () => {
    const before = await fidelis.eventStore.headOf();
    const onT1 = { transactionId: 't1', lines };
    const locked = await act('lock?dryRun=true', onT1);
    expect(locked).toMatchObject({
      status: 200,
      body: { simulated: true, status: 'locked', discount },
    });
    expect((await act('redeem?dryRun=true', onT1)).body).toMatchObject({
      simulated: true,
      status: 'redeemed',
    });
    expect((await act('revoke?dryRun=true', { reason: 'mistake' })).body).toMatchObject({
      simulated: true,
      status: 'revoked',
    });
    expect(await fidelis.eventStore.headOf()).toBe(before);
    expect(await status()).toBe('issued');
    const done = await act('lock', onT1);
    expect(locked.body).toEqual({ ...done.body, simulated: true });
    const free = await act('unlock?dryRun=true', { transactionId: 't1' });
    expect(free.body).toMatchObject({ simulated: true, status: 'issued' });
    expect(await status()).toBe('locked');
    const granted = await fidelis.send('POST', '/issued-offers?dryRun=true', {
      body: { offerId: 'muffin', participantId: 'anna' },
    });
    expect(granted).toMatchObject({ status: 201, body: { simulated: true, status: 'issued' } });
    expect((await fidelis.send('GET', `/issued-offers/${granted.body.id}`)).status).toBe(404);
  });

  it('is granted once per key', async () => {
    expect(await grant('g1')).toBe(id);
    expect(await grant('g2')).not.toBe(id);
  });

  it('is locked, redeemed and reinstated; the muffin at 2.80 is free', async () => {
    expect(await act('lock', { transactionId: '100', lines })).toMatchObject({
      status: 200,
      body: {
        status: 'locked',
        discount,
        posDiscountId: 'D-17',
        lockExpiresAt: '2026-11-23T10:15:00.000Z',
      },
    });
    expect(await act('lock', { transactionId: '200', lines })).toMatchObject({
      status: 409,
      body: { code: 'offer_locked_elsewhere' },
    });
    expect(await act('redeem', { transactionId: '100', lines })).toMatchObject({
      status: 200,
      body: { status: 'redeemed', discount },
    });
    expect(await act('redeem', { transactionId: '200', lines })).toMatchObject({
      status: 409,
      body: { code: 'offer_not_redeemable', currentStatus: 'redeemed' },
    });
    expect(await act('unlock', { transactionId: '100' })).toMatchObject({
      status: 409,
      body: { code: 'offer_not_redeemable', currentStatus: 'redeemed' },
    });
    expect(await act('reinstate', {})).toMatchObject({ status: 200, body: { status: 'issued' } });
  });

  it('is locked for the ticket that the till named, also where its id has a colon', async () => {
    const lock = await act('lock', { transactionId: 'a:100', lines });
    expect(lock).toMatchObject({ status: 200, body: { transactionId: 'a:100' } });
    const { body } = await fidelis.send('GET', '/participants/anna/issued-offers?fresh=true');
    expect(body.data).toMatchObject([{ id, transactionId: 'a:100' }]);
    const other = await act('lock', { transactionId: '100', source: 'b', lines });
    expect(other).toMatchObject({ status: 409, body: { code: 'offer_locked_elsewhere' } });
    const same = await act('lock', { transactionId: 'a:100', source: 'pos-7', lines });
    expect(same.status).toBe(200);
  });

  it('is free again when its lock times out, and expires with its validity', async () => {
    await act('lock', { transactionId: '100', lines });
    fidelis.clock.pass(15 * 60_000);
    expect(await status()).toBe('issued');
    await fidelis.runDue();
    const { body } = await fidelis.send('GET', '/participants/anna/issued-offers?fresh=true');
    expect(body.data).toMatchObject([{ id, status: 'issued' }]);
    fidelis.clock.pass(10 * 86_400_000);
    expect(await status()).toBe('expired');
    await fidelis.runDue();
    const path = '/participants/anna/issued-offers?fresh=true&status=expired';
    expect((await fidelis.send('GET', path)).body.data).toMatchObject([{ id, status: 'expired' }]);
  });

  it('is revoked, and then useless', async () => {
    expect(await act('revoke', { reason: 'fraud' })).toMatchObject({
      status: 200,
      body: { status: 'revoked' },
    });
    expect(await act('lock', { transactionId: '100', lines })).toMatchObject({
      status: 409,
      body: { code: 'offer_not_redeemable', currentStatus: 'revoked' },
    });
  });

  it('is listed by status, in pages', async () => {
    const ids = [id, await grant('g2'), await grant('g3')];
    await act('lock', { transactionId: '100', lines });
    const list = async (query: string) => {
      const path = `/participants/anna/issued-offers?fresh=true&${query}`;
      return (await fidelis.send('GET', path)).body;
    };
    expect((await list('status=locked')).data).toMatchObject([{ id, transactionId: '100' }]);
    expect((await list('status=issued')).data).toHaveLength(2);
    const first = await list('limit=2');
    const second = await list(`limit=2&cursor=${first.nextCursor}`);
    const seen = [...first.data, ...second.data].map((offer: { id: string }) => offer.id);
    expect(seen.sort()).toEqual(ids.sort());
    expect(second.nextCursor).toBeUndefined();
  });

  it('is seen by its own participant only', async () => {
    const get = (as: string) => fidelis.send('GET', `/issued-offers/${id}`, { as });
    expect((await get('participant:anna')).status).toBe(200);
    expect((await get('participant:bert')).status).toBe(403);
    expect((await fidelis.send('GET', '/issued-offers/none')).status).toBe(404);
  });

  it('is used twice at most, where the offer says so', async () => {
    for (const [index, key] of ['g2', 'g3'].entries()) {
      const next = await grant(key);
      expect((await act('redeem', { transactionId: `t${index}`, lines }, next)).status).toBe(200);
    }
    const counted = async () =>
      (await fidelis.rewardStore.streams.allotments.load('redeemed:muffin:anna')).state.taken;
    while ((await counted()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await act('redeem', { transactionId: 't9', lines })).toMatchObject({
      status: 409,
      body: { code: 'offer_not_redeemable', currentStatus: 'issued' },
    });
  });

  describe('on a ticket', () => {
    it('is locked with all others or not at all', async () => {
      const other = await grant('g2');
      await act('lock', { transactionId: '999', lines }, other);
      const { calls } = fidelis;
      expect(await calls.call(LockOffersForTicket, onTicket('pos-7:100', id, other))).toMatchObject(
        {
          ok: false,
          refusal: { code: 'offer_not_redeemable', status: 'locked' },
        },
      );
      expect(await status()).toBe('issued');
      expect(await calls.call(LockOffersForTicket, onTicket('pos-7:100', id))).toEqual({
        ok: true,
        value: { locked: true },
      });
      expect(await status()).toBe('locked');
    });

    it('keeps the lock of the till that named it by its id alone', async () => {
      await act('lock', { transactionId: '100', lines });
      const ticket = onTicket('pos-7:100', id);
      expect(await fidelis.calls.call(LockOffersForTicket, ticket)).toMatchObject({ ok: true });
      await fidelis.calls.call(RedeemOffersOfTicket, ticket);
      expect(await status()).toBe('redeemed');
    });

    it('is free after the ticket lost, and may be locked by the same ticket again', async () => {
      const ticket = onTicket('pos-7:100', id);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await fidelis.calls.call(LockOffersForTicket, ticket);
        expect(await status()).toBe('locked');
        await fidelis.calls.call(UnlockOffersOfTicket, ticket);
        expect(await status()).toBe('issued');
      }
    });

    it('is given back by a return', async () => {
      const ticket = onTicket('pos-7:100', id);
      await fidelis.calls.call(LockOffersForTicket, ticket);
      await fidelis.calls.call(RedeemOffersOfTicket, ticket);
      expect(await fidelis.calls.call(ReinstateOffersOfTicket, ticket)).toEqual({
        ok: true,
        value: { reinstated: [id] },
      });
      expect(await status()).toBe('issued');
    });

    it('is refused to another participant, and when nobody knows it', async () => {
      const ticket = { ...onTicket('pos-7:100', id), participantId: 'bert' };
      expect(await fidelis.calls.call(LockOffersForTicket, ticket)).toMatchObject({
        refusal: { code: 'offer_not_redeemable', status: 'issued' },
      });
      expect(
        await fidelis.calls.call(LockOffersForTicket, onTicket('pos-7:100', 'none')),
      ).toMatchObject({ refusal: { code: 'offer_not_redeemable', status: 'unknown' } });
    });
  });

  describe('of a rule', () => {
    const award = (issuedOfferId: string, offerId = 'muffin') => ({
      issuedOfferId,
      offerId,
      participantId: 'anna',
      reason: { kind: 'campaign', id: 'pos-7:100' } as const,
      occurredAt: fidelis.clock.now(),
      now: fidelis.clock.now(),
      operation: { id: issuedOfferId },
    });

    it('is issued once, with one code', async () => {
      const first = await fidelis.calls.call(IssueOffer, award('io-1'));
      expect(first).toMatchObject({ ok: true, value: { id: 'io-1', status: 'issued' } });
      expect(await fidelis.calls.call(IssueOffer, award('io-1'))).toEqual(first);
    });

    it('stays declined when it was out of stock, even after more were allowed', async () => {
      const rare = { ...muffin, id: 'rare', issuance: { total: 1 } };
      await fidelis.send('POST', '/offers', { body: rare });
      expect(await fidelis.calls.call(IssueOffer, award('io-1', 'rare'))).toMatchObject({
        ok: true,
      });
      const declined = { ok: false, refusal: { code: 'out_of_stock' } };
      expect(await fidelis.calls.call(IssueOffer, award('io-2', 'rare'))).toMatchObject(declined);
      await fidelis.send('PUT', '/offers/rare', { body: { ...rare, issuance: { total: 5 } } });
      expect(await fidelis.calls.call(IssueOffer, award('io-2', 'rare'))).toMatchObject(declined);
      expect(await fidelis.calls.call(IssueOffer, award('io-3', 'rare'))).toMatchObject({
        ok: true,
      });
    });

    it.each(['rule', 'grant'])(
      'whose process dies after its limit was taken is issued by the timer (%s)',
      async (kind) => {
        const rare = { ...muffin, id: 'rare', issuance: { total: 1 } };
        await fidelis.send('POST', '/offers', { body: rare });
        const { issuedOffers } = fidelis.rewardStore.streams;
        const handle = issuedOffers.handle.bind(issuedOffers);
        issuedOffers.handle = (command) =>
          command.operation.id.endsWith(':issue')
            ? Promise.reject(new OperationalError('the process died'))
            : handle(command);
        if (kind === 'rule') {
          const call = fidelis.calls.call(IssueOffer, award('io-1', 'rare'));
          await expect(call).rejects.toThrow('the process died');
        } else {
          const body = { offerId: 'rare', participantId: 'anna' };
          const answer = await fidelis.send('POST', '/issued-offers', { key: 'g9', body });
          expect(answer.status).toBe(503);
        }
        issuedOffers.handle = handle;
        fidelis.clock.pass(3_000);
        await fidelis.runDue();
        const path = '/participants/anna/issued-offers?fresh=true';
        const { data } = (await fidelis.send('GET', path)).body;
        expect(data.map((offer: { offerId: string }) => offer.offerId)).toEqual(['rare', 'muffin']);
        expect(await fidelis.calls.call(IssueOffer, award('io-2', 'rare'))).toMatchObject({
          refusal: { code: 'out_of_stock' },
        });
      },
    );

    it('is declined for an offer that nobody defined', async () => {
      expect(await fidelis.calls.call(IssueOffer, award('io-1', 'none'))).toMatchObject({
        ok: false,
        refusal: { code: 'not_found' },
      });
    });
  });

  describe('and its definition', () => {
    const store = { id: 'main', name: 'Main', programId: PROGRAM };

    it('cannot be changed while it is listed; issued copies keep their version', async () => {
      await fidelis.send('POST', '/reward-stores', { body: store });
      const listing = '/reward-stores/main/offers/muffin';
      expect((await fidelis.send('PUT', listing, { body: { price: 10 } })).status).toBe(201);
      expect((await fidelis.send('PUT', listing, { body: { price: 10 } })).status).toBe(200);
      const change = { body: { ...muffin, name: 'Two muffins' } };
      expect(await fidelis.send('PUT', '/offers/muffin', change)).toMatchObject({
        status: 409,
        body: { code: 'offer_is_listed' },
      });
      expect((await fidelis.send('DELETE', listing)).status).toBe(204);
      expect(await fidelis.send('PUT', '/offers/muffin', change)).toMatchObject({
        status: 200,
        body: { version: 2, name: 'Two muffins' },
      });
      expect((await fidelis.send('GET', `/issued-offers/${id}`)).body).toMatchObject({
        version: 1,
        name: 'Buy a coffee, get a muffin free',
      });
    });

    it('is shown to a participant with what stands in the way', async () => {
      await fidelis.send('POST', '/reward-stores', { body: store });
      const put = (offerId: string, body: object) =>
        fidelis.send('PUT', `/reward-stores/main/offers/${offerId}`, { body });
      await put('muffin', { price: 100, stock: 0 });
      await fidelis.send('POST', '/offers', { body: { ...muffin, id: 'gift' } });
      await put('gift', { price: 0 });
      const stores = await fidelis.send(
        'GET',
        '/participants/anna/reward-stores?includeBalances=true',
      );
      expect(stores.body.data).toMatchObject([{ id: 'main', balance: { available: 0 } }]);
      const offers = async (query = '') =>
        (await fidelis.send('GET', `/participants/anna/reward-stores/main/offers${query}`)).body
          .data;
      expect(await offers()).toMatchObject([
        { offerId: 'gift', price: 0, obtainable: true, reasons: [] },
        {
          offerId: 'muffin',
          price: 100,
          stockLeft: 0,
          obtainable: false,
          reasons: ['insufficient_points', 'out_of_stock'],
        },
      ]);
      expect(await offers('?affordable=true')).toMatchObject([{ offerId: 'gift' }]);
    });

    it.each([
      [{ ...muffin, get: undefined }, '/get'],
      [{ ...muffin, type: 'amountOff' }, '/amount'],
      [{ ...muffin, percentBps: 10 }, '/percentBps'],
      [{ ...muffin, redemption: { validity: { type: 'duration' } } }, '/redemption/validity/after'],
      [
        { ...muffin, redemption: { validity: { type: 'duration', after: 'P1001Y' } } },
        '/redemption/validity/after',
      ],
      [{ ...muffin, issuance: { from: 'soon' } }, '/issuance/from'],
      [{ ...muffin, issuance: { to: '9999-12-31T23:59:59-01:00' } }, '/issuance/to'],
      [{ ...muffin, issuance: { from: '2026-02-01', to: '2026-01-01' } }, '/issuance/to'],
    ])('that makes no sense is refused, with the field that is wrong', async (body, pointer) => {
      const answer = await fidelis.send('POST', '/offers', { body: { ...body, id: 'other' } });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(
        pointer,
      );
    });

    it('of a store with an unreadable expression is refused with its place', async () => {
      const access = { type: 'expression', expression: 'tier == ' };
      expect(
        await fidelis.send('POST', '/reward-stores', { body: { ...store, access } }),
      ).toMatchObject({
        status: 422,
        body: { code: 'invalid_expression', position: expect.any(Number) },
      });
    });
  });
});
