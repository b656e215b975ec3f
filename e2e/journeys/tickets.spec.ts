import { Fidelis, MODES, START_MS_MAX } from '../support/fidelis';
import type { Client } from '../support/client';
import {
  balanceOf,
  expectIntegrity,
  INR_PROGRAM,
  key,
  register,
  ticket,
} from '../support/fixtures';

const NOW = '2026-11-22T10:00:00Z';

interface TicketAnswer {
  readonly credited: boolean;
  readonly awards: readonly {
    readonly points: number;
    readonly tier: string;
    readonly eligibleAmount: number;
    readonly expiresOn?: string;
    readonly lotId?: string;
    readonly contributions: readonly object[];
  }[];
  readonly redemption?: { readonly points: number; readonly amount: number };
  readonly tierChange?: { readonly from: string; readonly to: string };
}

describe.each(MODES)('tickets, in mode %s', (mode) => {
  let fidelis: Fidelis;
  let client: Client;

  beforeAll(async () => {
    fidelis = await Fidelis.start({
      mode,
      env: { FIDELIS_TEST_CLOCK: '1' },
    });
    client = fidelis.client();
    expect((await client.put('/test-clock', { now: NOW })).status).toBe(200);
    expect((await client.post('/programs', INR_PROGRAM)).status).toBe(201);
  }, START_MS_MAX);
  afterEach(() => expectIntegrity(client));
  afterAll(async () => {
    await client.close();
    await fidelis.dispose();
  }, START_MS_MAX);

  /** A ticket of this member in rupees. */
  const inr = (
    id: string,
    total: number,
    member: string | { externalId: string; redeem: object },
  ) => {
    const { externalId, ...more } = typeof member === 'string' ? { externalId: member } : member;
    return ticket(id, total, { currency: 'INR', participant: { externalId }, ...more });
  };

  test('a ticket earns by the tier that it reaches itself', async () => {
    const { accountId } = await register(client, '17850');
    const first = await client.post<TicketAnswer>('/transactions', inr('t-1', 1_000_000, '17850'));
    expect(first.status).toBe(201);
    expect(first.body.credited).toBe(true);
    // 10,000.00 reaches silver; 10,000.00 / 1,000.00 = 10 points, for ten days.
    expect(first.body.awards).toMatchObject([
      { points: 10, tier: 'silver', eligibleAmount: 1_000_000, expiresOn: '2026-12-02' },
    ]);
    expect(first.body.tierChange).toEqual({ from: 'bronze', to: 'silver' });
    expect(await balanceOf(client, accountId)).toMatchObject({ available: 10, total: 10, debt: 0 });
  });

  test('a ticket paid partly with points earns nothing on that part', async () => {
    const { accountId } = await register(client, 'spender');
    await client.post('/transactions', inr('s-1', 1_000_000, 'spender'));
    const paid = await client.post<TicketAnswer>(
      '/transactions',
      inr('s-2', 1_000_000, { externalId: 'spender', redeem: { points: 10 } }),
    );
    // 10 points are worth 10.00; 9,990.00 / 1,000.00 = 9 points, rounded down.
    expect(paid.status).toBe(201);
    expect(paid.body.redemption).toMatchObject({ points: 10, amount: 1000, currency: 'INR' });
    expect(paid.body.awards).toMatchObject([
      { points: 9, tier: 'silver', eligibleAmount: 999_000 },
    ]);
    expect(await balanceOf(client, accountId)).toMatchObject({ available: 9, held: 0, total: 9 });
    const { body } = await client.get<{ data: { type: string; points: number }[] }>(
      `/accounts/${accountId}/entries`,
    );
    const moved = body.data.map(({ type, points }) => [type, points]);
    expect(moved).toHaveLength(3);
    expect(moved).toEqual(
      expect.arrayContaining([
        ['earn', 10],
        ['redeem', -10],
        ['earn', 9],
      ]),
    );
  });

  test('the same ticket again is answered as before and counted once', async () => {
    const { accountId } = await register(client, 'twice');
    const first = await client.post('/transactions', inr('d-1', 500_000, 'twice'));
    const again = await client.post('/transactions', inr('d-1', 500_000, 'twice'));
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    const other = await client.post('/transactions', inr('d-1', 500_001, 'twice'));
    expect([other.status, other.body['code']]).toEqual([409, 'transaction_conflict']);
    expect(await balanceOf(client, accountId)).toMatchObject({ total: 5 });
  });

  test('a redemption beyond the balance leaves nothing behind', async () => {
    const { accountId } = await register(client, 'poor');
    const refused = await client.post(
      '/transactions',
      inr('p-1', 100_000, { externalId: 'poor', redeem: { points: 1 } }),
    );
    expect([refused.status, refused.body['code']]).toEqual([409, 'insufficient_points']);
    expect(refused.body).toMatchObject({ available: 0, requested: 1 });
    expect((await client.get('/transactions/p-1')).status).toBe(404);
    const sent = await client.post('/transactions', inr('p-1', 100_000, 'poor'));
    expect(sent.status).toBe(201);
    expect(await balanceOf(client, accountId)).toMatchObject({ total: 1, held: 0 });
  });

  test('a full return takes back what was earned and gives back what was spent', async () => {
    const { accountId } = await register(client, 'returner');
    await client.post('/transactions', inr('r-1', 1_000_000, 'returner'));
    await client.post(
      '/transactions',
      inr('r-2', 1_000_000, { externalId: 'returner', redeem: { points: 10 } }),
    );
    const returned = await client.post('/transactions/r-2/returns', {
      returnId: 'ret-1',
      full: true,
    });
    expect(returned.status).toBe(201);
    expect(returned.body).toMatchObject({
      returnId: 'ret-1',
      returnedAmount: 1_000_000,
      reversedPoints: 9,
      restoredPoints: 10,
      forgivenPoints: 0,
      tier: 'silver',
    });
    expect(await balanceOf(client, accountId)).toMatchObject({ total: 10, available: 10 });
    const again = await client.post('/transactions/r-2/returns', { returnId: 'ret-1', full: true });
    expect([again.status, again.body]).toEqual([200, returned.body]);
    const more = await client.post('/transactions/r-2/returns', { returnId: 'ret-2', amount: 1 });
    expect([more.status, more.body['code']]).toEqual([422, 'return_exceeds_transaction']);
  });

  test('cancelling is a return of all that is left, and can be said twice', async () => {
    const { accountId } = await register(client, 'canceller');
    await client.post('/transactions', inr('c-1', 300_000, 'canceller'));
    const first = await client.post('/transactions/c-1/cancel', { reason: 'mistake' });
    const again = await client.post('/transactions/c-1/cancel', { reason: 'mistake' });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
    expect(await balanceOf(client, accountId)).toMatchObject({ total: 0, debt: 0 });
  });

  test('a return takes back no more than the account had room for', async () => {
    const capped = {
      ...{ name: 'Capped', currency: 'USD', timeZone: 'Europe/Berlin', validFrom: '2026-01-01' },
      ...{ id: 'capped', autoEnrol: false, redeem: { points: 1, worth: 1 } },
      tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
      wallets: [{ code: 'points', maxBalance: 10 }],
    };
    expect((await client.post('/programs', capped)).status).toBe(201);
    const { id } = await register(client, 'capped');
    const enrolled = await client.post<{ id: string }>(`/participants/${id}/enrolments`, {
      programId: 'capped',
    });
    const accountId = enrolled.body.id;
    const buy = (transactionId: string, total: number) =>
      client.post<TicketAnswer>(
        '/transactions',
        ticket(transactionId, total, { currency: 'USD', participant: { id } }),
      );
    const giveBack = async (transactionId: string, body: object): Promise<unknown> => {
      const answer = await client.post(`/transactions/${transactionId}/returns`, body);
      const { total, debt } = await balanceOf(client, accountId);
      return [answer.status, answer.body['reversedPoints'], total, debt];
    };
    // 1 point per 1.00, but never more than 10 of them: the second ticket brings none.
    await buy('m-1', 1_000);
    expect((await buy('m-2', 1_000)).body).toMatchObject({
      ...{ credited: false, awards: [{ declined: 'max_balance_reached' }] },
    });
    expect(await giveBack('m-2', { returnId: 'r', full: true })).toEqual([201, 0, 10, 0]);
    expect(await giveBack('m-1', { returnId: 'r', amount: 500 })).toEqual([201, 5, 5, 0]);
    // Of the 10 that the third ticket earns there is room for 5. What is left of it after the first
    // return would earn 5 too, so nothing is taken; after the second, nothing is left.
    expect((await buy('m-3', 1_000)).body.awards).toMatchObject([{ points: 5 }]);
    expect(await giveBack('m-3', { returnId: 'r1', amount: 500 })).toEqual([201, 0, 10, 0]);
    expect(await giveBack('m-3', { returnId: 'r2', full: true })).toEqual([201, 5, 5, 0]);
  });

  test('new terms of a programme count from the next ticket, debit and hold on', async () => {
    const terms = {
      ...{ name: 'Revised', currency: 'GBP', timeZone: 'Europe/London', validFrom: '2026-01-01' },
      tiers: [{ code: 'base', name: 'Base', threshold: 0, earn: { points: 1, per: 100 } }],
      ...{ autoEnrol: false, redeem: { points: 1, worth: 1 } },
    };
    const revise = async (wallet: object): Promise<void> => {
      const revised = { ...terms, wallets: [{ code: 'points', ...wallet }] };
      expect((await client.put('/programs/revised', revised)).status).toBe(200);
    };
    expect((await client.post('/programs', { id: 'revised', ...terms })).status).toBe(201);
    const { id } = await register(client, 'revised');
    const enrolled = await client.post<{ id: string }>(`/participants/${id}/enrolments`, {
      programId: 'revised',
    });
    const accountId = enrolled.body.id;
    const earned = async (transactionId: string): Promise<unknown> => {
      const { body: clock } = await client.get<{ now: string }>('/test-clock');
      const more = { currency: 'GBP', participant: { id }, occurredAt: clock.now };
      const answer = await client.post<TicketAnswer>(
        '/transactions',
        ticket(transactionId, 1_000, more),
      );
      return answer.body.awards[0]?.points;
    };
    const spend = async (how: 'debits' | 'holds'): Promise<unknown> => {
      const body = { points: 1, ...(how === 'debits' ? { reason: 'r' } : { ttl: 'PT1M' }) };
      const answer = await client.post(`/accounts/${accountId}/${how}`, body, {
        idempotencyKey: key(),
      });
      return answer.body['code'] ?? answer.status;
    };
    expect(await earned('v-1')).toBe(10);
    await revise({ maxBalance: 12 });
    expect(await earned('v-2')).toBe(2);
    await revise({ spendable: false });
    expect(await spend('debits')).toBe('insufficient_points');
    await revise({ spendable: true });
    expect([await spend('holds'), await spend('debits')]).toEqual([201, 201]);
    expect(await earned('v-3')).toBe(10);
  });

  test('an anonymous ticket is recorded and earns nothing', async () => {
    const { status, body } = await client.post<TicketAnswer>(
      '/transactions',
      ticket('anon-1', 100, { currency: 'INR' }),
    );
    expect([status, body.awards]).toEqual([201, []]);
  });

  test('points expire at the end of their last day, whether or not a job has run', async () => {
    const { accountId } = await register(client, 'sleeper');
    await client.post('/transactions', inr('e-1', 200_000, 'sleeper'));
    // Ten days from 22 November is 2 December; it ends in India at 18:30 UTC.
    await client.put('/test-clock', { now: '2026-12-02T18:29:00Z' });
    expect(await balanceOf(client, accountId)).toMatchObject({ available: 2, total: 2 });
    await client.put('/test-clock', { now: '2026-12-02T18:30:00Z' });
    expect(await balanceOf(client, accountId)).toMatchObject({
      available: 0,
      total: 0,
      lifetime: { earned: 2, expired: 2 },
    });
  });
});
