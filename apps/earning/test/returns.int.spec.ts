import { accountIdOf } from '../src/domain/enrolment';
import { startEarning, type TestApp } from './earning-app';

// 1 point per 10.00, silver from 100.00 on, where 2 are earned.
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
const lines = [
  { lineId: '1', sku: 'A', quantity: 3, amount: 9_000 },
  { lineId: '2', sku: 'B', quantity: 1, amount: 3_000 },
];

describe('a return over HTTP', () => {
  let test: TestApp;
  const begin = async (clawback: string) => {
    test = await startEarning();
    test.neighbours.register('ana');
    const body = { ...program, returns: { clawback } };
    expect((await test.send('POST', '/programs', { body })).status).toBe(201);
  };
  afterEach(async () => {
    expect(test.errors).toEqual([]);
    await test.close();
  });
  const ticket = (transactionId: string, more: object = {}) => ({
    transactionId,
    participant: { id: 'ana' },
    occurredAt: '2026-11-22T10:00:00Z',
    currency: 'EUR',
    total: 12_000,
    lines,
    ...more,
  });
  const post = (id: string, more?: object) =>
    test.send('POST', '/transactions', { body: ticket(id, more) });
  const giveBack = (id: string, body: object) =>
    test.send('POST', `/transactions/${id}/returns`, { body });

  it('sent eight times at once happens once, and one of the answers says that it was made', async () => {
    await begin('allow-negative');
    await post('t1');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => giveBack('t1', { returnId: 'r1', full: true })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 7 }, () => 200),
      201,
    ]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(test.neighbours.balanceOf('ana')).toBe(0);
  });

  it('and a cancellation are rehearsed by a dry run, which changes nothing', async () => {
    await begin('refuse');
    await post('t1');
    const before = await test.eventStore.headOf();
    const dry = (path: string, body: object) =>
      test.send('POST', `/transactions/t1/${path}?dryRun=true`, { body });
    const partial = { returnId: 'r1', lines: [{ lineId: '2', quantity: 1 }] };
    // 90.00 are left, below silver; 30.00 at silver's 2 points per 10.00 had earned 6.
    expect(await dry('returns', partial)).toMatchObject({
      status: 201,
      body: { simulated: true, returnedAmount: 3_000, reversedPoints: 6, tier: 'bronze' },
    });
    expect(await dry('cancel', { reason: 'mistaken' })).toMatchObject({
      status: 200,
      body: { simulated: true, status: 'cancelled', reversedPoints: 24 },
    });
    expect((await dry('returns', { returnId: 'r2', amount: 12_001 })).body.code).toBe(
      'return_exceeds_transaction',
    );
    expect(await test.eventStore.headOf()).toBe(before);
    expect(test.neighbours.balanceOf('ana')).toBe(24);
    const done = await giveBack('t1', partial);
    expect(done).toMatchObject({ status: 201, body: { reversedPoints: 6 } });
  });

  it('in full takes everything back, and the tier follows the spend', async () => {
    await begin('allow-negative');
    expect((await post('t1')).body.awards[0]).toMatchObject({ points: 24, tier: 'silver' });
    const answer = await giveBack('t1', { returnId: 'r1', full: true });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        returnId: 'r1',
        returnedAmount: 12_000,
        reversedPoints: 24,
        restoredPoints: 0,
        forgivenPoints: 0,
        tier: 'bronze',
      },
    });
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toEqual({
      status: 200,
      body: answer.body,
    });
    expect(test.neighbours.balanceOf('ana')).toBe(0);
    expect(await giveBack('t1', { returnId: 'r1', amount: 5 })).toMatchObject({
      status: 409,
      body: { code: 'return_conflict' },
    });
    expect(await giveBack('t1', { returnId: 'r2', full: true })).toMatchObject({
      status: 422,
      body: { code: 'return_exceeds_transaction' },
    });
    expect((await test.send('GET', '/transactions/t1')).body).toMatchObject({
      status: 'returned',
      returnedAmount: 12_000,
      returns: [{ returnId: 'r1', reversedPoints: 24 }],
    });
  });

  it('in many parts takes back in all what one full return takes back', async () => {
    await begin('allow-negative');
    await post('t1');
    // 12,000 − 3,000 = 9,000 stay: 18 points, 6 back; the spend is bronze's again.
    expect(
      (await giveBack('t1', { returnId: 'r1', lines: [{ lineId: '1', quantity: 1 }] })).body,
    ).toMatchObject({ returnedAmount: 3_000, reversedPoints: 6, tier: 'bronze' });
    // 9,000 − 999 = 8,001 stay: 16 points at the recorded rate of 2, 2 back.
    expect((await giveBack('t1', { returnId: 'r2', amount: 999 })).body.reversedPoints).toBe(2);
    expect((await giveBack('t1', { returnId: 'r3', full: true })).body).toMatchObject({
      returnedAmount: 8_001,
      reversedPoints: 16,
    });
    expect(test.neighbours.balanceOf('ana')).toBe(0);
  });

  it('restores the share of the points that paid', async () => {
    await begin('allow-negative');
    await post('t0');
    // 10 points pay 10.00 of 120.00: 110.00 earn 22.
    const paid = await post('t1', { redeem: { points: 10 } });
    expect(paid.body.awards[0]).toMatchObject({ points: 22, eligibleAmount: 11_000 });
    expect(test.neighbours.balanceOf('ana')).toBe(24 - 10 + 22);
    // Half back: 5 points restored, 5.00 undone; 11,000 − (6,000 − 500) = 5,500 stay: 11 points.
    expect((await giveBack('t1', { returnId: 'r1', amount: 6_000 })).body).toMatchObject({
      restoredPoints: 5,
      reversedPoints: 11,
    });
    expect((await giveBack('t1', { returnId: 'r2', full: true })).body).toMatchObject({
      restoredPoints: 5,
      reversedPoints: 11,
    });
    expect(test.neighbours.balanceOf('ana')).toBe(24);
  });

  it('gives a purchase that paid its share of points and money back', async () => {
    await begin('allow-negative');
    await post('t0');
    const accountId = accountIdOf('ana', 'club');
    const purchase = { purchaseId: 'p1', accountId, points: 10, amount: 1_005, currency: 'EUR' };
    test.neighbours.purchases.set('p1', { ...purchase, status: 'authorized' });
    // 10.05 of 120.00 are paid: 109.95 earn 2 per 10.00.
    const paid = await post('t1', { redeem: { purchaseId: 'p1' } });
    expect(paid.body.awards[0]).toMatchObject({ points: 21, eligibleAmount: 10_995 });
    // A third back: 3.33 of 10 points, 3.35 of 10.05; 10,995 − (4,000 − 335) = 7,330 keep 14.
    expect((await giveBack('t1', { returnId: 'r1', amount: 4_000 })).body).toMatchObject({
      restoredPoints: 3,
      reversedPoints: 7,
    });
    expect((await giveBack('t1', { returnId: 'r2', full: true })).body).toMatchObject({
      restoredPoints: 7,
      reversedPoints: 14,
    });
    expect(test.neighbours.givenBack).toEqual([
      { returnId: 'return/r1', points: 3, amount: 335 },
      { returnId: 'return/r2', points: 7, amount: 670 },
    ]);
    // The purchase's own hold is the fake's alone: only what came back is counted here.
    expect(test.neighbours.balanceOf('ana')).toBe(24 + 10);
  });

  it('waits for purchases that do not answer, and restores once', async () => {
    await begin('allow-negative');
    await post('t0');
    const accountId = accountIdOf('ana', 'club');
    const purchase = { purchaseId: 'p1', accountId, points: 10, amount: 1_000, currency: 'EUR' };
    test.neighbours.purchases.set('p1', { ...purchase, status: 'authorized' });
    await post('t1', { redeem: { purchaseId: 'p1' } });
    test.neighbours.away.add('restore');
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toMatchObject({ status: 503 });
    test.neighbours.away.delete('restore');
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toMatchObject({
      body: { restoredPoints: 10, reversedPoints: 22 },
    });
    expect(test.neighbours.givenBack).toHaveLength(1);
    test.errors.length = 0;
  });

  it('is refused where the points are spent, and can be sent again later', async () => {
    await begin('refuse');
    await post('t1');
    const account = test.neighbours.accounts.get(accountIdOf('ana', 'club'));
    if (account === undefined) throw new Error('the account is open');
    account.available -= 1;
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toMatchObject({
      status: 409,
      body: { code: 'points_already_redeemed', spends: [] },
    });
    expect((await test.send('GET', '/transactions/t1')).body).toMatchObject({
      status: 'recorded',
      returns: [],
    });
    account.available += 1;
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toMatchObject({
      status: 201,
      body: { reversedPoints: 24 },
    });
  });

  it('says what was forgiven', async () => {
    await begin('within-balance');
    await post('t1');
    const account = test.neighbours.accounts.get(accountIdOf('ana', 'club'));
    if (account === undefined) throw new Error('the account is open');
    account.available = 4;
    expect((await giveBack('t1', { returnId: 'r1', full: true })).body).toMatchObject({
      reversedPoints: 4,
      forgivenPoints: 20,
    });
  });

  it('as a cancellation takes what is left, and answers the same again', async () => {
    await begin('allow-negative');
    await post('t1');
    await giveBack('t1', { returnId: 'r1', amount: 6_000 });
    const cancel = () =>
      test.send('POST', '/transactions/t1/cancel', { body: { reason: 'mistake' } });
    const first = await cancel();
    expect(first).toMatchObject({
      status: 200,
      body: { status: 'cancelled', returnedAmount: 6_000, reversedPoints: 12 },
    });
    expect(await cancel()).toEqual(first);
    expect(test.neighbours.balanceOf('ana')).toBe(0);
  });

  it('whose account does not answer is carried on when it does', async () => {
    await begin('allow-negative');
    await post('t1');
    test.neighbours.away.add('reverse');
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toMatchObject({ status: 503 });
    expect((await test.send('GET', '/transactions/t1')).body.returns).toEqual([]);
    test.neighbours.away.delete('reverse');
    expect(await giveBack('t1', { returnId: 'r1', full: true })).toMatchObject({
      body: { reversedPoints: 24 },
    });
    expect(test.neighbours.balanceOf('ana')).toBe(0);
    test.errors.length = 0;
  });

  it('of a ticket that is not there, or with nothing said, is refused', async () => {
    await begin('allow-negative');
    expect(await giveBack('t9', { returnId: 'r1', full: true })).toMatchObject({ status: 404 });
    await post('t1');
    expect(await giveBack('t1', { returnId: 'r1' })).toMatchObject({ status: 400 });
    expect(await giveBack('t1', { returnId: 'r1', full: false })).toMatchObject({ status: 400 });
    expect(await giveBack('t1', { returnId: 'r1', amount: 12_001 })).toMatchObject({
      status: 422,
      body: { code: 'return_exceeds_transaction' },
    });
  });
});
