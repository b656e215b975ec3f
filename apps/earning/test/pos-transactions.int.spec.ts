import { POS_TRANSACTIONS, PosTransactionV1 } from '@fidelis/contracts';
import { takeGoldens } from '@fidelis/testing/golden';
import { startEarning, type TestApp } from './earning-app';

// 1 point per 10.00; silver from 100.00 on, where 2 are earned.
const program = {
  id: 'club',
  name: 'Club',
  currency: 'EUR',
  timeZone: 'UTC',
  validFrom: '2026-01-01',
  autoEnrol: true,
  tiers: [
    { code: 'bronze', threshold: 0, earn: { points: 1, per: 1_000 } },
    { code: 'silver', threshold: 10_000, earn: { points: 2, per: 1_000 } },
  ],
  redeem: { points: 1, worth: 100 },
};
const ticket = (transactionId: string, more: object = {}) => ({
  transactionId,
  source: 'pos-7',
  participant: { id: 'ana' },
  occurredAt: '2026-11-22T10:00:00Z',
  currency: 'EUR',
  total: 6_000,
  ...more,
});
const wireOf = (data: object, more: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: (data as { transactionId?: string }).transactionId ?? 'x',
    type: 'pos.transaction-completed.v1',
    source: '/tills/7',
    data,
    ...more,
  });

describe('tickets on the topic of points of sale', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startEarning();
    test.neighbours.register('ana');
    expect((await test.send('POST', '/programs', { body: program })).status).toBe(201);
  });
  afterEach(async () => {
    await test.close();
  });
  const pause = () => new Promise((done) => setTimeout(done, 2));
  const settle = async () => {
    const group = 'earning.pos-transactions';
    while (!(await test.bus.reachedHead(group))) await pause();
  };
  const publish = (wire: string, key = 'ana') => {
    test.bus.publishBytes(POS_TRANSACTIONS, key, wire);
  };
  const recorded = async (id: string) => (await test.send('GET', `/transactions/${id}`)).body;
  const letters = () => test.bus.deadLetters.list({ topic: POS_TRANSACTIONS });

  it('are recorded as over HTTP: the first one enrols, and in the order of their key', async () => {
    publish(wireOf(ticket('t1')));
    publish(wireOf(ticket('t2')));
    await settle();
    // 60.00 at 1 per 10.00; with the second 120.00 are spent: silver, 2 per 10.00.
    expect((await recorded('t1')).awards).toMatchObject([{ points: 6, tier: 'bronze' }]);
    expect((await recorded('t2')).awards).toMatchObject([{ points: 12, tier: 'silver' }]);
    expect(test.errors).toEqual([]);
  });

  it('count once, however often they come, also over HTTP', async () => {
    publish(wireOf(ticket('t1')));
    publish(wireOf(ticket('t1'), { id: 'sent-again' }));
    await settle();
    const again = await test.send('POST', '/transactions', { body: ticket('t1') });
    expect(again).toMatchObject({ status: 200, body: { awards: [{ points: 6 }] } });
    publish(wireOf(ticket('t1')));
    await settle();
    expect(test.neighbours.balanceOf('ana')).toBe(6);
    expect(await letters()).toEqual([]);
  });

  it('that are refused are dead letters with code and original bytes; others go on', async () => {
    const stranger = wireOf(ticket('t1', { participant: { id: 'ben' } }));
    publish(stranger, 'ben');
    publish('{"not":"a ticket"', 'ben');
    publish(wireOf(ticket('t2', { total: '60.00' })));
    publish(wireOf(ticket('t3', { lines: [{ quantity: 1, amount: 5 }] })));
    publish(wireOf(ticket('t4')));
    publish(wireOf(ticket('t4', { total: 7_000 })));
    publish(wireOf(ticket('t5', { redeem: { points: 1 } })));
    publish(wireOf(ticket('t6', { occurredAt: '0000-01-01T00:00:00Z' })));
    await settle();
    expect((await recorded('t4')).awards).toMatchObject([{ points: 6 }]);
    const found = await letters();
    expect(new Set(found.map(({ reason }) => reason.split(':')[0]))).toEqual(
      new Set([
        'participant_not_found',
        'ContractError',
        'validation_failed',
        'lines_do_not_sum',
        'transaction_conflict',
        'purchase_required',
      ]),
    );
    const letter = found.find(({ reason }) => reason.startsWith('participant_not_found'));
    expect(Buffer.from(letter?.bytes ?? []).toString('utf8')).toBe(stranger);
    expect(letter).toMatchObject({ key: 'ben', messageId: 't1', topic: POS_TRANSACTIONS });
  });

  it('are as the golden message shows them', async () => {
    test.neighbours.register('bea', { externalId: '17850' });
    expect(await takeGoldens(test.bus, [PosTransactionV1])).toEqual([]);
    // 10,000.00: silver, 2 per 10.00.
    expect((await recorded('536365')).awards).toMatchObject([{ points: 2_000, tier: 'silver' }]);
  });

  it('of any type are tickets; none is passed over', async () => {
    publish(wireOf(ticket('t1'), { type: 'com.example.sale' }));
    publish(wireOf({ hello: 'world' }, { type: 'com.example.greeting' }));
    await settle();
    expect((await recorded('t1')).awards).toMatchObject([{ points: 6 }]);
    expect(await letters()).toMatchObject([{ type: 'com.example.greeting' }]);
  });

  it('of nobody need no key', async () => {
    const { participant: _, ...anonymous } = ticket('t1');
    publish(wireOf(anonymous), '');
    await settle();
    expect(await recorded('t1')).toMatchObject({ status: 'recorded', awards: [] });
  });

  it('that were refused are recorded when the cause is gone and a person retries them', async () => {
    publish(wireOf(ticket('t1', { participant: { id: 'ben' } })), 'ben');
    await settle();
    const [letter] = await letters();
    expect(await test.bus.deadLetters.retry(letter?.id ?? '')).toBe('failed');
    test.neighbours.register('ben');
    expect(await test.bus.deadLetters.retry(letter?.id ?? '')).toBe('handled');
    expect(await letters()).toEqual([]);
    expect((await recorded('t1')).awards).toMatchObject([{ points: 6 }]);
  });

  it('wait for what is away, the later ones of their key too, and nobody else', async () => {
    test.neighbours.away.add('resolve');
    publish(wireOf(ticket('t1')));
    publish(wireOf(ticket('t2')));
    const { participant: _, ...anonymous } = ticket('t3');
    publish(wireOf(anonymous), 'till-7');
    while ((await recorded('t3')).status !== 'recorded') await pause();
    expect(await test.send('GET', '/transactions/t1')).toMatchObject({ status: 404 });
    expect(await test.send('GET', '/transactions/t2')).toMatchObject({ status: 404 });
    test.neighbours.away.clear();
    await settle();
    expect((await recorded('t1')).awards).toMatchObject([{ points: 6, tier: 'bronze' }]);
    expect((await recorded('t2')).awards).toMatchObject([{ points: 12, tier: 'silver' }]);
    expect(await letters()).toEqual([]);
  });

  it('pay with points only by a purchase that was authorized before', async () => {
    publish(wireOf(ticket('t0')));
    await settle();
    const accountId = [...test.neighbours.accounts.keys()][0] ?? '';
    const purchase = { purchaseId: 'p1', accountId, points: 5, amount: 500, currency: 'EUR' };
    test.neighbours.purchases.set('p1', { ...purchase, status: 'authorized' });
    publish(wireOf(ticket('t1', { redeem: { purchaseId: 'p1' } })));
    publish(wireOf(ticket('t2', { redeem: { purchaseId: 'p2' } })));
    await settle();
    expect((await recorded('t1')).redemption).toMatchObject({ redemptionId: 'p1', points: 5 });
    expect(test.neighbours.purchases.get('p1')?.status).toBe('confirmed');
    expect(await letters()).toMatchObject([
      { messageId: 't2', reason: 'purchase_not_authorized: p2 is not authorized' },
    ]);
  });
});
