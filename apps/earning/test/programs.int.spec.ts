import { startEarning, type TestApp } from './earning-app';

const program = {
  id: 'club',
  name: 'Club',
  currency: 'EUR',
  timeZone: 'UTC',
  validFrom: '2026-01-01',
  tiers: [{ code: 'base', threshold: 0, earn: { points: 1, per: 1_000 } }],
  redeem: { points: 1, worth: 100 },
};

describe('a programme over HTTP', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startEarning();
  });
  afterEach(async () => {
    expect(test.errors).toEqual([]);
    await test.close();
  });
  const define = (more: object = {}) =>
    test.send('POST', '/programs', { body: { ...program, ...more } });

  it('is refused where it would promise what nobody does', async () => {
    const expiry = { policy: 'inactivity', after: 'P1M', percent: 100 };
    const refused = { status: 422, body: { code: 'not_supported' } };
    expect(await define({ expiry })).toMatchObject(refused);
    expect((await test.send('GET', '/programs/club')).status).toBe(404);
    expect((await define()).status).toBe(201);
    const change = { body: { ...program, expiry } };
    expect(await test.send('PUT', '/programs/club', change)).toMatchObject(refused);
    expect((await test.send('GET', '/programs/club')).body).toMatchObject({ version: 1 });
  });

  it.each([
    [{ policy: 'never', after: 'P1M' }, '/expiry/after'],
    [{ policy: 'rolling', after: 'P1M', percent: 50 }, '/expiry/percent'],
    [{ policy: 'fixed', dates: ['12-31'], roundTo: 'month' }, '/expiry/roundTo'],
    [{ policy: 'rolling' }, '/expiry/after'],
  ])('with an expiry that makes no sense is refused: %j', async (expiry, pointer) => {
    const answer = await define({ expiry });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors).toMatchObject([{ pointer }]);
  });

  it('may be sent as it was answered', async () => {
    const expiry = { policy: 'fixed', dates: ['12-31'], roundTo: null, toWallet: null };
    const { body } = await define({ expiry, tierPolicy: { noticeDays: 10 } });
    expect(body).toMatchObject({ tierPolicy: { downgrade: 'none', noticeDays: 10 } });
    const { version: _, effectiveFrom: __, ...shown } = body;
    expect(await test.send('PUT', '/programs/club', { body: shown })).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
  });

  it('without this version says that it is the version which does not exist', async () => {
    await define();
    expect((await test.send('GET', '/programs/club?version=1')).status).toBe(200);
    const missing = await test.send('GET', '/programs/club?version=99');
    expect(missing).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(missing.body.detail).toBe('version 99 of programme club does not exist');
    const nobody = await test.send('GET', '/programs/none?version=1');
    expect(nobody.body.detail).toBe('programme none does not exist');
  });

  it('has campaigns that grant from point sources which exist', async () => {
    await define();
    const effects = [{ type: 'fixed', points: 5 }];
    const campaign = { name: 'C', programId: 'club', trigger: 'transaction', effects };
    const from = (pointSource: string) =>
      test.send('POST', '/campaigns', { body: { ...campaign, pointSource } });
    expect(await from('partner')).toMatchObject({
      status: 422,
      body: { code: 'unknown_point_source' },
    });
    test.neighbours.pointSources.add('partner');
    expect(await from('partner')).toMatchObject({ status: 201, body: { pointSource: 'partner' } });
  });

  it.each([
    [{ type: 'multiply', factor: '2' }, 422, 'not_supported'],
    [{ type: 'fixed', points: 5, factor: '2' }, 400, 'validation_failed'],
    [{ type: 'issueOffer', offerId: 'o', points: 5 }, 400, 'validation_failed'],
    [{ type: 'fixed', points: 5 }, 201, undefined],
  ])('has campaigns with effects that do something: %j', async (effect, status, code) => {
    await define();
    const body = { name: 'C', programId: 'club', trigger: 'transaction', effects: [effect] };
    const answer = await test.send('POST', '/campaigns', { body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['P1M', 201],
    ['constructor', 400],
    ['__proto__', 400],
    ['P1W', 400],
  ])('has campaigns whose caps count by a period that there is: %s', async (period, status) => {
    await define();
    const body = {
      ...{ name: 'C', programId: 'club', trigger: 'transaction' },
      effects: [{ type: 'fixed', points: 5 }],
      caps: { perParticipant: { times: 1, period } },
    };
    expect((await test.send('POST', '/campaigns', { body })).status).toBe(status);
  });
});
