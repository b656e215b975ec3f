import {
  AwardPoints,
  CaptureHold,
  GetAccount,
  HoldPoints,
  MembershipOpenedV1,
  PointsAwardedV1,
  ReleaseHold,
  RestorePoints,
  ReverseAward,
  type AwardRequest,
} from '@fidelis/contracts';
import { waitForHead } from '@fidelis/messaging';
import { startAccounts, START_OF_TEST, type TestApp } from './accounts-app';
import { terms } from './fake-earning';

const DAY_MS = 86_400_000;

describe('accounts', () => {
  let app: TestApp;
  let account: string;
  beforeEach(async () => {
    app = await startAccounts();
    account = await app.enrolled('17850');
  });
  afterEach(async () => {
    await app.close();
    expect(app.errors).toEqual([]);
  });

  const credit = (points: number, key: string, more = {}) =>
    app.send('POST', `/accounts/${account}/credits`, {
      body: { points, reason: 'gift', ...more },
      key,
    });
  const debit = (points: number, key: string) =>
    app.send('POST', `/accounts/${account}/debits`, { body: { points, reason: 'shop' }, key });
  const balance = async (query = '') =>
    (await app.send('GET', `/accounts/${account}/balance${query}`)).body;

  function award(sequence: number, points: number): AwardRequest {
    const grant = {
      ...{ points, wallet: 'points', pointSource: 'default' },
      grantedAt: START_OF_TEST,
      availableAt: START_OF_TEST,
    };
    return {
      accountId: account,
      sequence,
      grants: points === 0 ? [] : [grant],
      occurredAt: START_OF_TEST,
      source: { kind: 'transaction', id: `t${sequence}` },
      now: START_OF_TEST,
      operation: { id: `ticket-${sequence}` },
    };
  }

  it('show a credit and a debit as entries, newest first, page by page', async () => {
    expect(await credit(100, 'k1')).toMatchObject({
      status: 201,
      body: { type: 'earn', points: 100, balanceAfter: 100, reason: 'gift', actor: 'key:admin' },
    });
    expect(await debit(30, 'k2')).toMatchObject({
      status: 201,
      body: { type: 'redeem', points: -30, balanceAfter: 70 },
    });
    const first = await app.send('GET', `/accounts/${account}/entries?limit=1`);
    expect(first.body.data).toMatchObject([{ type: 'redeem', balanceAfter: 70 }]);
    const rest = await app.send(
      'GET',
      `/accounts/${account}/entries?limit=1&cursor=${first.body.nextCursor as string}`,
    );
    expect(rest.body).toMatchObject({ data: [{ type: 'earn', balanceAfter: 100 }] });
    expect(rest.body).not.toHaveProperty('nextCursor');
    expect(await app.send('GET', '/entries?fresh=true&programId=prog')).toMatchObject({
      body: { data: [{ type: 'redeem', accountId: account }, { type: 'earn' }] },
    });
  });

  it('refuse to spend what is not there', async () => {
    await credit(100, 'k1');
    expect(await debit(101, 'k2')).toMatchObject({
      status: 409,
      body: { code: 'insufficient_points', available: 100, requested: 101 },
    });
    expect(await app.send('GET', '/accounts/nobody')).toMatchObject({ status: 404 });
    const wallet = await credit(1, 'k3', { wallet: 'promo' });
    expect(wallet).toMatchObject({ status: 422, body: { code: 'unknown_wallet' } });
  });

  it('are credited from point sources that exist', async () => {
    const unknown = await credit(5, 'k1', { pointSource: 'partner' });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'unknown_point_source' } });
    const partner = { id: 'partner', name: 'Partner' };
    const define = (body: object) => app.send('POST', '/point-sources', { body });
    expect(await define(partner)).toEqual({ status: 201, body: partner });
    expect(await define(partner)).toEqual({ status: 200, body: partner });
    expect(await define({ ...partner, name: 'Other' })).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    expect(await define({ id: 'b', name: 'B', inventory: { points: 10 } })).toMatchObject({
      status: 422,
      body: { code: 'not_supported' },
    });
    expect((await app.send('GET', '/point-sources')).body).toEqual({
      data: [{ id: 'default', name: 'Default' }, partner],
    });
    const first = await app.send('GET', '/point-sources?limit=1');
    const second = await app.send('GET', `/point-sources?cursor=${first.body.nextCursor}`);
    expect(second.body.data).toEqual([partner]);
    expect((await credit(5, 'k2', { pointSource: 'partner' })).status).toBe(201);
    expect((await credit(5, 'k3', { pointSource: 'default' })).status).toBe(201);
    const { body } = await app.send('GET', `/accounts/${account}/lots`);
    expect(body.data).toMatchObject([{ pointSource: 'partner' }, { pointSource: 'default' }]);
  });

  it('follow the terms of their programme as they are today', async () => {
    await credit(1, 'k1');
    app.earning.terms = { ...terms, version: 2, expiry: { policy: 'rolling', after: 'P20D' } };
    expect(await credit(2, 'k2')).toMatchObject({ body: { expiresOn: '2026-12-12' } });
    expect((await app.send('GET', `/accounts/${account}/expirations`)).body.data).toEqual([
      { on: '2026-12-02', points: 1, wallet: 'points' },
      { on: '2026-12-12', points: 2, wallet: 'points' },
    ]);
  });

  it('spend exactly what they hold under 50 debits at once', async () => {
    await credit(100, 'k1');
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => debit(7, `d${i}`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(14);
    expect(await balance()).toMatchObject({
      available: 2,
      lifetime: { earned: 100, redeemed: 98 },
    });
  });

  it('hold, capture and release', async () => {
    await credit(100, 'k1');
    const held = await app.send('POST', `/accounts/${account}/holds`, {
      body: { points: 60, ttl: 'PT15M' },
      key: 'h1',
    });
    expect(held).toMatchObject({
      status: 201,
      body: {
        status: 'held',
        points: 60,
        expiresAt: '2026-11-22T10:15:00.000Z',
        lots: [{ points: 60 }],
      },
    });
    const { holdId } = held.body as { holdId: string };
    const capture = (body: object, key: string) =>
      app.send('POST', `/holds/${holdId}/capture`, { body, key });
    expect(await capture({ points: 61 }, 'c1')).toMatchObject({
      status: 422,
      body: { code: 'capture_exceeds_hold' },
    });
    expect(await capture({ points: 20 }, 'c2')).toMatchObject({
      status: 200,
      body: { status: 'captured', points: 20, releasedPoints: 40 },
    });
    expect(await capture({}, 'c3')).toMatchObject({
      status: 409,
      body: { code: 'hold_not_active' },
    });
    expect(
      await app.send('POST', `/holds/${account}.nothing/release`, { body: {}, key: 'r1' }),
    ).toMatchObject({ status: 404 });
    expect(await balance()).toMatchObject({ available: 80, held: 0, total: 80 });
    const { body: statement } = await app.send('GET', `/accounts/${account}/entries`);
    const sources = (statement.data as { type: string; source: object }[])
      .filter(({ type }) => type !== 'earn')
      .map(({ type, source }) => ({ type, source }));
    const source = { kind: 'hold', id: holdId };
    expect(sources).toEqual([
      { type: 'release', source },
      { type: 'capture', source },
      { type: 'hold', source },
    ]);
  });

  it('count what is due without any job', async () => {
    await credit(100, 'k1');
    await app.send('POST', `/accounts/${account}/holds`, {
      body: { points: 60, ttl: 'PT15M' },
      key: 'h',
    });
    app.clock.pass(15 * 60_000);
    expect(await balance()).toMatchObject({ available: 100, held: 0 });
    app.clock.pass(11 * DAY_MS);
    expect(await balance()).toMatchObject({ available: 0, total: 0, lifetime: { expired: 100 } });
    const { body } = await app.send('GET', `/accounts/${account}/entries`);
    expect((body.data as { type: string }[]).map(({ type }) => type)).toEqual([
      'expire',
      'release',
      'hold',
      'earn',
    ]);
  });

  it('tell what they held at any instant, and what was known of it then', async () => {
    await credit(100, 'k1');
    app.clock.pass(DAY_MS);
    await debit(30, 'k2');
    app.clock.pass(DAY_MS);
    expect(await balance('?asOf=2026-11-22T12:00:00Z')).toMatchObject({ total: 100, revision: 2 });
    expect(await balance('?asOf=2026-11-21T12:00:00Z')).toMatchObject({ total: 0 });
    expect(await balance('?knownAt=2026-11-22T12:00:00Z')).toMatchObject({
      total: 100,
      revision: 1,
    });
    expect(
      await app.send('GET', `/accounts/${account}/balance?asOf=2027-01-01T00:00:00Z`),
    ).toMatchObject({ status: 422, body: { code: 'instant_in_future' } });
  });

  it('before anything of them was known held zeros in every field', async () => {
    app.clock.pass(DAY_MS);
    const zeros = { pending: 0, available: 0, held: 0, debt: 0, total: 0 };
    const before = await balance('?knownAt=2026-11-21T12:00:00Z');
    expect(before).toEqual({
      ...{ accountId: account, ...zeros, wallets: [{ wallet: 'points', ...zeros }] },
      lifetime: expect.objectContaining({ earned: 0, mergedOut: 0 }),
      worth: { amount: 0, currency: 'EUR' },
      ...{ asOf: '2026-11-21T12:00:00.000Z', knownAt: '2026-11-21T12:00:00.000Z', revision: -1 },
    });
  });

  it('show what points are worth, up to what can be counted', async () => {
    await credit(1_000_000, 'k1');
    const redeem = { points: 1, worth: 10_000_000_000_000 };
    app.earning.terms = { ...terms, version: 2, redeem };
    await credit(1, 'k2');
    expect(await balance()).toMatchObject({
      ...{ available: 1_000_001, worth: { amount: 9_007_199_254_740_991, currency: 'EUR' } },
    });
  });

  it('show one wallet’s points, next expiry and worth; an unknown one is refused', async () => {
    const wallets = [...terms.wallets, { code: 'promo', spendable: true }];
    app.earning.terms = { ...terms, version: 2, wallets };
    // The account has not met the new wallet yet.
    expect(await balance('?wallet=promo')).toMatchObject({ total: 0, worth: { amount: 0 } });
    await credit(100, 'k1');
    await credit(7, 'k2', { wallet: 'promo', expiresOn: '2026-12-24' });
    expect(await balance('?wallet=promo')).toMatchObject({
      ...{ available: 7, total: 7, wallets: [{ wallet: 'promo', total: 7 }] },
      nextExpiry: { points: 7, on: '2026-12-24' },
      worth: { amount: 7, currency: 'EUR' },
      lifetime: { earned: 107 },
    });
    expect(await balance('?wallet=points')).toMatchObject({
      ...{ available: 100, nextExpiry: { points: 100, on: '2026-12-02' } },
      worth: { amount: 100 },
    });
    expect(await balance()).toMatchObject({ available: 107, worth: { amount: 107 } });
    const unknown = await app.send('GET', `/accounts/${account}/balance?wallet=nope`);
    expect(unknown).toMatchObject({ status: 422, body: { code: 'unknown_wallet' } });
  });

  it('apply the membership’s commands once and in order, by call and by topic', async () => {
    expect(await app.calls.call(AwardPoints, award(3, 5))).toEqual({ outcome: 'not-yet' });
    const credited = { outcome: 'credited', lots: [{ lotId: `${account}.2.0`, points: 10 }] };
    expect(await app.calls.call(AwardPoints, award(2, 10))).toEqual(credited);
    const messages = [2, 3, 4, 5].map((sequence) => {
      const { now: _, ...data } = award(sequence, sequence === 4 ? 0 : 10);
      return data;
    });
    for (const data of [...messages, ...messages]) app.publish(PointsAwardedV1, account, data);
    await waitForHead(app.bus, { timeoutMs: 5000 });
    expect(await balance()).toMatchObject({ available: 30 });
    expect(await app.calls.call(AwardPoints, award(2, 10))).toEqual(credited);
    expect(await app.calls.call(AwardPoints, award(5, 10))).toMatchObject({ outcome: 'credited' });
    expect(await balance()).toMatchObject({ available: 30, lifetime: { earned: 30 } });
  });

  it('are opened by the topic when the call was lost', async () => {
    const { now: _, ...rest } = award(2, 10);
    const data = { ...rest, accountId: 'acc-2' };
    const operation = { id: 'open:acc-2' };
    const opened = { accountId: 'acc-2', participantId: 'p', sequence: 1, terms, operation };
    app.publish(MembershipOpenedV1, 'acc-2', opened);
    app.publish(PointsAwardedV1, 'acc-2', data);
    await waitForHead(app.bus, { timeoutMs: 5000 });
    expect(
      await app.calls.call(GetAccount, { accountId: 'acc-2', now: START_OF_TEST }),
    ).toMatchObject({
      status: 'open',
      balance: { available: 10 },
    });
  });

  it('take an award back, and give a redemption back to its lots', async () => {
    await app.calls.call(AwardPoints, award(2, 10));
    const source = { kind: 'transaction', id: 't9' } as const;
    const common = { now: START_OF_TEST, occurredAt: START_OF_TEST, source };
    const expiresAt = '2026-11-22T10:05:00.000Z';
    const held = await app.calls.call(HoldPoints, {
      ...{ accountId: account, points: 4, expiresAt, silent: true, source, now: START_OF_TEST },
      operation: { id: 'hold-9' },
    });
    if (!held.ok) throw new Error(held.refusal.code);
    const { holdId } = held.value;
    const capture = () =>
      app.calls.call(CaptureHold, {
        ...common,
        holdId,
        force: true,
        operation: { id: 'capture-9' },
      });
    expect(await capture()).toMatchObject({ ok: true, value: { points: 4, releasedPoints: 0 } });
    expect(await capture()).toMatchObject({ ok: true, value: { points: 4 } });
    expect(
      await app.calls.call(ReleaseHold, {
        holdId,
        now: START_OF_TEST,
        operation: { id: 'free-9' },
      }),
    ).toMatchObject({ ok: false, refusal: { code: 'hold_not_active' } });
    const restore = (points: number, id: string) =>
      app.calls.call(RestorePoints, {
        ...common,
        ...{ accountId: account, spendOperationId: 'capture-9', points, operation: { id } },
      });
    expect(await restore(3, 'back-1')).toEqual({ ok: true, value: { restoredPoints: 3 } });
    expect(await restore(3, 'back-1')).toEqual({ ok: true, value: { restoredPoints: 3 } });
    expect(await restore(2, 'back-2')).toMatchObject({
      ok: false,
      refusal: { code: 'restore_exceeds_spend' },
    });
    const reverse = (sequence: number, clawback: 'refuse' | 'allow-negative') =>
      app.calls.call(ReverseAward, {
        ...common,
        ...{ accountId: account, sequence, lotIds: [`${account}.2.0`], points: 10, clawback },
        ...{ wallet: 'points', pointSource: 'default', operation: { id: `return-${sequence}` } },
      });
    expect(await reverse(3, 'refuse')).toMatchObject({
      ok: false,
      refusal: { code: 'points_already_redeemed', spends: [{ points: 1, source }] },
    });
    expect(await reverse(5, 'refuse')).toEqual({ ok: 'not-yet' });
    expect(await reverse(4, 'allow-negative')).toEqual({
      ok: true,
      value: { reversedPoints: 10, forgivenPoints: 0 },
    });
    expect(await balance()).toMatchObject({ available: 0, debt: 1, total: -1 });
    const { body } = await app.send('GET', `/accounts/${account}/entries`);
    expect(
      (body.data as { type: string; points: number }[]).map((e) => [e.type, e.points]),
    ).toEqual([
      ['reverse', -10],
      ['restore', 3],
      ['redeem', -4],
      ['earn', 10],
    ]);
  });

  it('force the capture of a recorded ticket whose hold has lapsed', async () => {
    await app.calls.call(AwardPoints, award(2, 10));
    const source = { kind: 'transaction', id: 't9' } as const;
    const held = await app.calls.call(HoldPoints, {
      ...{ accountId: account, points: 10, expiresAt: '2026-11-22T10:05:00.000Z', source },
      ...{ now: START_OF_TEST, operation: { id: 'hold-9' } },
    });
    if (!held.ok) throw new Error(held.refusal.code);
    app.clock.pass(10 * 60_000);
    const now = app.clock.now();
    await debit(6, 'd1');
    const { holdId } = held.value;
    const capture = (force: boolean) =>
      app.calls.call(CaptureHold, {
        ...{ holdId, force, source, occurredAt: now, now },
        operation: { id: force ? 'capture-2' : 'capture-1' },
      });
    expect(await capture(false)).toMatchObject({ ok: false, refusal: { code: 'hold_not_active' } });
    expect(await capture(true)).toMatchObject({ ok: true, value: { points: 10 } });
    expect(await balance()).toMatchObject({ available: 0, debt: 6 });
  });
});
