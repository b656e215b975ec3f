import {
  ConfirmPurchaseForTicket,
  FreePurchaseOfTicket,
  ReservePurchaseForTicket,
  RestorePurchaseOfTicket,
} from '@fidelis/contracts';
import { MINUTE, startPurchases, type TestApp } from './purchases-app';

let test: TestApp;

beforeEach(async () => {
  test = await startPurchases();
  test.accounts.register('anna', 1000);
});

afterEach(async () => {
  expect(test.errors).toEqual([]);
  await test.close();
});

const authorize = (body: object = {}, more: object = {}) =>
  test.send('POST', '/purchases/authorize', {
    body: { participantId: 'anna', vendorId: 'partner', reference: 'A-1', points: 300, ...body },
    ...more,
  });

describe('authorizing an external purchase', () => {
  it('holds its points and answers with purchase and authorization', async () => {
    const { status, body } = await authorize({ ttl: 'PT15M' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'authorized',
      points: 300,
      amount: 30_000,
      currency: 'EUR',
      expiresAt: '2026-11-23T10:15:00.000Z',
      reference: 'A-1',
      orders: [{ vendorId: 'partner', status: 'authorized', points: 300, amount: 30_000 }],
    });
    expect(typeof body.purchaseId).toBe('string');
    expect(typeof body.authorizationId).toBe('string');
    expect([test.accounts.available.get('anna'), test.accounts.held('anna')]).toEqual([700, 300]);
  });

  it('for an amount costs points rounded up, at the vendor’s own conversion', async () => {
    // 3 points are worth 1.00: 10.50 costs 31.5 points
    const conversion = { points: 3, worth: 100 };
    const vendor = { name: 'Mine', kind: 'external', commissionBps: 0, conversion } as const;
    test.vendors.register({ vendorId: 'mine', ...vendor });
    const asked = { vendorId: 'mine', points: undefined, amount: 1050 };
    const { body } = await authorize(asked);
    expect(body).toMatchObject({ points: 32, amount: 1050 });
  });

  it('is refused without enough points, and leaves nothing', async () => {
    const { status, body } = await authorize({ points: 1001 });
    expect([status, body.code]).toEqual([409, 'insufficient_points']);
    expect(body).toMatchObject({ available: 1000, requested: 1001 });
    const list = await test.send('GET', '/purchases?fresh=true');
    expect(list.body.data).toEqual([]);
    expect(test.accounts.held('anna')).toBe(0);
  });

  it('is found by its state; the states that are not kept find nothing', async () => {
    const { body } = await authorize();
    const found = async (status: string) => {
      const answer = await test.send('GET', `/purchases?fresh=true&status=${status}`);
      expect(answer.status).toBe(200);
      return answer.body.data.map(({ purchaseId }: { purchaseId: string }) => purchaseId);
    };
    expect(await found('authorized')).toEqual([body.purchaseId]);
    for (const status of ['requested', 'refused', 'failed'])
      expect(await found(status)).toEqual([]);
    expect((await test.send('GET', '/purchases?status=bought')).status).toBe(400);
  });

  it('is possible at a portfolio vendor, where the client orders itself', async () => {
    const { status, body } = await authorize({ vendorId: 'shop' });
    expect([status, body.kind]).toEqual([201, 'external']);
  });

  it('is refused for nobody, at no vendor, and without points or amount', async () => {
    expect((await authorize({ participantId: 'bob' })).body.code).toBe('participant_not_found');
    expect((await authorize({ vendorId: 'nowhere' })).body.code).toBe('vendor_not_found');
    expect((await authorize({ points: undefined })).status).toBe(400);
    expect((await authorize({ amount: 100 })).status).toBe(400);
    expect((await authorize({ ttl: 'PT0S' })).status).toBe(400);
  });

  it('answers the same to the same key, and holds once', async () => {
    const first = await authorize({}, { key: 'k' });
    const again = await authorize({}, { key: 'k' });
    expect(again).toEqual(first);
    expect((await authorize({ points: 301 }, { key: 'k' })).body.code).toBe(
      'idempotency_key_reused',
    );
    expect(test.accounts.held('anna')).toBe(300);
  });

  it('is not known when the account’s answer is lost: 503, then the same key gives it', async () => {
    test.accounts.loseAnswerOf = 'hold';
    expect((await authorize({}, { key: 'k' })).status).toBe(503);
    const { status, body } = await authorize({}, { key: 'k' });
    expect([status, body.status]).toEqual([201, 'authorized']);
    expect(test.accounts.held('anna')).toBe(300);
  });

  it('in a dry run says the same and holds nothing', async () => {
    const { status, body } = await test.send('POST', '/purchases/authorize?dryRun=true', {
      body: { participantId: 'anna', vendorId: 'partner', reference: 'A-1', points: 300 },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ simulated: true, points: 300, amount: 30_000 });
    expect(test.accounts.held('anna')).toBe(0);
    expect((await test.send('GET', `/purchases/${body.purchaseId}`)).status).toBe(404);
    const done = await authorize({ reference: 'A-1' });
    expect(Object.keys(body).sort()).toEqual([...Object.keys(done.body), 'simulated'].sort());
    expect(Object.keys(body.orders[0])).toEqual(Object.keys(done.body.orders[0]));
  });

  it('is confirmed and cancelled in a dry run without a change', async () => {
    const { purchaseId } = (await authorize()).body;
    const before = await test.eventStore.headOf();
    const dry = (verb: string) =>
      test.send('POST', `/purchases/${purchaseId}/${verb}?dryRun=true`, { body: {} });
    expect(await dry('confirm')).toMatchObject({
      status: 200,
      body: { simulated: true, status: 'confirmed', points: 300 },
    });
    expect(await dry('cancel')).toMatchObject({
      status: 200,
      body: { simulated: true, status: 'cancelled' },
    });
    expect(await test.eventStore.headOf()).toBe(before);
    expect(test.accounts.held('anna')).toBe(300);
    expect((await test.send('GET', `/purchases/${purchaseId}`)).body.status).toBe('authorized');
  });

  it('is the participant’s own with their token', async () => {
    expect((await authorize({}, { as: 'participant:anna' })).status).toBe(201);
    expect((await authorize({}, { as: 'participant:bob' })).status).toBe(403);
  });

  it('keeps the vendor’s limit per participant, also side by side', async () => {
    const limits = { perParticipant: { value: 50_000, period: 'P1M' }, valuePerOrder: 40_000 };
    const vendor = { name: 'Partner', kind: 'external', commissionBps: 0, limits } as const;
    test.vendors.register({ vendorId: 'partner', ...vendor });
    expect((await authorize({ points: 401 })).body.code).toBe('vendor_limit_exceeded');
    const both = await Promise.all([authorize(), authorize()]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    const won = both.find(({ status }) => status === 201);
    await test.send('POST', `/purchases/${won?.body.purchaseId}/cancel`);
    await eventually(async () => (await authorize()).status === 201);
  });
});

describe('an authorized purchase', () => {
  let id: string;
  const confirm = (body: object = {}) => test.send('POST', `/purchases/${id}/confirm`, { body });
  const cancel = () => test.send('POST', `/purchases/${id}/cancel`);

  beforeEach(async () => {
    id = (await authorize({ ttl: 'PT15M' })).body.purchaseId;
  });

  it('is confirmed: the account has debited', async () => {
    const { status, body } = await confirm();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'confirmed',
      points: 300,
      amount: 30_000,
      orders: [{ status: 'confirmed', points: 300 }],
    });
    expect([test.accounts.available.get('anna'), test.accounts.held('anna')]).toEqual([700, 0]);
    expect((await confirm()).status).toBe(200);
    expect((await confirm({ points: 299 })).body.code).toBe('purchase_already_confirmed');
    expect((await cancel()).body.code).toBe('purchase_already_confirmed');
  });

  it('is confirmed in part; the rest is free again', async () => {
    const { body } = await confirm({ points: 120 });
    expect(body).toMatchObject({ points: 120, amount: 12_000, authorizedPoints: 300 });
    expect([test.accounts.available.get('anna'), test.accounts.held('anna')]).toEqual([880, 0]);
  });

  it('is confirmed for no more than was authorized', async () => {
    const { status, body } = await confirm({ points: 301 });
    expect([status, body.code]).toEqual([422, 'capture_exceeds_hold']);
  });

  it('is cancelled, and then not confirmed any more', async () => {
    expect((await cancel()).body.status).toBe('cancelled');
    expect(test.accounts.available.get('anna')).toBe(1000);
    expect((await cancel()).status).toBe(200);
    const refused = await confirm();
    expect([refused.status, refused.body.code]).toEqual([409, 'purchase_not_authorized']);
  });

  it('expires: confirming is refused, cancelling is fine', async () => {
    await test.pass(15 * MINUTE);
    const refused = await confirm();
    expect([refused.status, refused.body.code]).toEqual([409, 'purchase_expired']);
    expect((await cancel()).body.status).toBe('expired');
  });

  it('goes on by itself when the account cannot be reached during the confirmation', async () => {
    test.accounts.unreachable = 'capture';
    expect((await confirm()).status).toBe(503);
    await delayed(id);
    test.accounts.unreachable = undefined;
    await test.pass(1000);
    const purchase = await test.until(id, ({ status }) => status === 'confirmed');
    expect(purchase.points).toBe(300);
    expect((await confirm()).status).toBe(200);
    expect(test.accounts.available.get('anna')).toBe(700);
  });

  it('is confirmed or cancelled, never both', async () => {
    const [confirmed, cancelled] = await Promise.all([confirm(), cancel()]);
    expect([confirmed.status, cancelled.status].sort()).toEqual([200, 409]);
    const left = test.accounts.available.get('anna');
    expect(left).toBe(confirmed.status === 200 ? 700 : 1000);
  });

  it('is listed, and shows what happened to it', async () => {
    await confirm();
    const list = await test.send(
      'GET',
      '/purchases?participantId=anna&vendorId=partner&fresh=true',
    );
    expect(list.body.data).toMatchObject([{ purchaseId: id, status: 'confirmed' }]);
    const none = await test.send('GET', '/purchases?status=cancelled&fresh=true');
    expect(none.body.data).toEqual([]);
    const { body } = await test.send('GET', `/purchases/${id}`);
    expect(body.timeline.map(({ event }: { event: string }) => event)).toEqual([
      'PurchaseRequested',
      'PurchaseAuthorized',
      'ConfirmationRequested',
      'PurchaseConfirmed',
    ]);
    expect(body.timeline[0]).toMatchObject({ actor: 'key:admin' });
    expect((await test.send('GET', '/purchases/nothing')).status).toBe(404);
  });

  it('pays one ticket: reserved, then debited when the ticket is recorded', async () => {
    const request = {
      purchaseId: id,
      participantId: 'anna',
      ticket: 'pos-7:1',
      now: test.clock.now(),
      operation: { id: 'ticket-1' },
    };
    const reserved = await test.calls.call(ReservePurchaseForTicket, request);
    expect(reserved).toMatchObject({ ok: true, value: { points: 300, amount: 30_000 } });
    const other = { ...request, ticket: 'pos-7:2', operation: { id: 'ticket-2' } };
    expect(await test.calls.call(ReservePurchaseForTicket, other)).toMatchObject({
      refusal: { code: 'purchase_reserved' },
    });
    await test.calls.call(FreePurchaseOfTicket, request);
    expect(await test.calls.call(ReservePurchaseForTicket, other)).toMatchObject({ ok: true });
    expect(await test.calls.call(ConfirmPurchaseForTicket, other)).toMatchObject({ ok: true });
    expect(test.accounts.available.get('anna')).toBe(700);
  });

  it('gives points and money back when the ticket that it paid comes back', async () => {
    const forTicket = {
      purchaseId: id,
      participantId: 'anna',
      ticket: 'pos-7:1',
      now: test.clock.now(),
      operation: { id: 'ticket-1' },
    };
    await test.calls.call(ReservePurchaseForTicket, forTicket);
    const comesBack = (returnId: string, points: number, amount: number) =>
      test.calls.call(RestorePurchaseOfTicket, { ...forTicket, returnId, points, amount });
    expect(await comesBack('r0', 100, 10_000)).toMatchObject({
      refusal: { code: 'purchase_not_authorized' },
    });
    await test.calls.call(ConfirmPurchaseForTicket, forTicket);
    const third = { ok: true, value: { restoredPoints: 100, restoredAmount: 10_000 } };
    expect(await comesBack('r1', 100, 10_000)).toEqual(third);
    expect(await comesBack('r1', 100, 10_000)).toEqual(third);
    expect(test.accounts.available.get('anna')).toBe(800);
    expect(await comesBack('r2', 200, 20_000)).toMatchObject({ value: { restoredPoints: 200 } });
    expect(test.accounts.available.get('anna')).toBe(1000);
    const { body } = await test.send('GET', `/purchases/${id}`);
    expect(body.timeline.map(({ event }: { event: string }) => event)).toContain('OrderReversed');
  });
});

describe('the reversal of a confirmed order', () => {
  let path: string;
  const reverse = (body: object) =>
    test.send('POST', path, { body: { reason: { code: 'returned' }, ...body } });

  beforeEach(async () => {
    const items = [{ sku: 'lamp', quantity: 3, price: 10_000 }];
    const { body } = await authorize({ items });
    await test.send('POST', `/purchases/${body.purchaseId}/confirm`);
    path = `/purchases/${body.purchaseId}/orders/${body.orders[0].orderId}/reversals`;
  });

  it('restores its points, once', async () => {
    const first = await reverse({ reversalId: 'r1', kind: 'total' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ restoredPoints: 300, restoredAmount: 30_000 });
    const again = await reverse({ reversalId: 'r1', kind: 'total' });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(test.accounts.available.get('anna')).toBe(1000);
    const more = await reverse({ reversalId: 'r2', kind: 'total' });
    expect([more.status, more.body.code]).toEqual([409, 'reversal_exceeds_redemption']);
  });

  it('by value and by pieces gives back parts, never more than was redeemed', async () => {
    expect((await reverse({ reversalId: 'r1', kind: 'value', points: 50 })).body).toMatchObject({
      restoredPoints: 50,
      restoredAmount: 5000,
    });
    const items = [{ sku: 'lamp', quantity: 2 }];
    expect((await reverse({ reversalId: 'r2', kind: 'quantity', items })).body).toMatchObject({
      restoredPoints: 200,
      restoredAmount: 20_000,
    });
    const more = await reverse({ reversalId: 'r3', kind: 'value', points: 51 });
    expect(more.body).toMatchObject({ code: 'reversal_exceeds_redemption', available: 50 });
    expect((await reverse({ reversalId: 'r2', kind: 'total' })).body.code).toBe('already_exists');
    expect(test.accounts.available.get('anna')).toBe(950);
  });

  it('side by side gives back no more than there is', async () => {
    const parts = [1, 2, 3, 4].map((n) =>
      reverse({ reversalId: `r${n}`, kind: 'value', points: 100 }),
    );
    const answers = await Promise.all(parts);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409]);
    expect(test.accounts.available.get('anna')).toBe(1000);
  });

  it('is finished later when the account cannot be reached', async () => {
    test.accounts.unreachable = 'restore';
    expect((await reverse({ reversalId: 'r1', kind: 'total' })).status).toBe(503);
    await delayed(path.split('/')[2] ?? '');
    test.accounts.unreachable = undefined;
    await test.pass(1000);
    await eventually(() => test.accounts.available.get('anna') === 1000);
    expect((await reverse({ reversalId: 'r1', kind: 'total' })).status).toBe(200);
  });

  it('needs the measure of its kind', async () => {
    expect((await reverse({ reversalId: 'r1', kind: 'value' })).status).toBe(400);
    expect((await reverse({ reversalId: 'r1', kind: 'total', points: 5 })).status).toBe(400);
    expect((await reverse({ reversalId: 'r1', kind: 'quantity' })).status).toBe(400);
  });
});

/** The feed has tried to go on and could not. */
async function delayed(purchaseId: string): Promise<void> {
  await test.until(purchaseId, ({ timeline }) =>
    timeline.some(({ event }: { event: string }) => event === 'SettlementDelayed'),
  );
}

async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 3000;
  while (!(await is())) {
    if (performance.now() > giveUpAt) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
