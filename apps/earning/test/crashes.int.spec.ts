import { startEarning, type TestApp } from './earning-app';
import type { Step } from './fake-neighbours';

const program = {
  id: 'club',
  name: 'Club',
  currency: 'EUR',
  timeZone: 'UTC',
  validFrom: '2026-01-01',
  autoEnrol: true,
  tiers: [{ code: 'base', threshold: 0, earn: { points: 1, per: 100 } }],
  redeem: { points: 1, worth: 1 },
};
const ticket = (transactionId: string, more: object = {}) => ({
  transactionId,
  participant: { id: 'ana' },
  occurredAt: '2026-11-22T10:00:00Z',
  currency: 'EUR',
  total: 1_000,
  ...more,
});

/** A process that was killed takes the stream of events with it, and nothing else. */
describe('a recorded ticket whose process died', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startEarning();
    test.neighbours.register('ana');
    await test.send('POST', '/programs', { body: program });
    await test.send('POST', '/transactions', { body: ticket('t0') });
  });
  afterEach(() => test.close());

  it.each<Step>(['capture', 'redeem'])('before its %s is completed', async (step) => {
    test.neighbours.away.add(step);
    const body = ticket('t1', { redeem: { points: 4 }, offers: [{ issuedOfferId: 'muffin' }] });
    expect((await test.send('POST', '/transactions', { body })).status).toBe(201);
    const died = test;
    test.neighbours.away.delete(step);
    test = await startEarning(died);
    for (const running of [test.platform, died.platform]) {
      for (const service of running.runtimes.all()) await service.reachHead(5_000);
    }
    expect([...test.neighbours.holds.values()]).toMatchObject([{ status: 'captured' }]);
    expect(test.neighbours.locked.get('muffin')).toBe('used');
    // 10 + floor(996 / 100) − 4 = 15.
    expect(test.neighbours.balanceOf('ana')).toBe(15);
    await died.app.close();
  });

  /** As a process leaves it that dies between a ticket and its award. */
  async function recordAlone(): Promise<string> {
    const { earning } = test;
    const { state } = await earning.streams.enrolments.load('ana');
    const recorded = await earning.streams.transactions.handle({
      id: 'default:t1',
      operation: { id: 'default:t1', fingerprint: 'x' },
      now: test.clock.now(),
      decide: () => ({
        outcome: 'accepted',
        events: [
          {
            type: 'TransactionRecorded',
            data: {
              ticket: 'default:t1',
              source: 'default',
              transactionId: 't1',
              participantId: 'ana',
              occurredAt: '2026-11-22T10:00:00.000Z',
              currency: 'EUR',
              total: 500,
              taxTotal: 0,
              lines: [],
              memberships: state.memberships,
            },
          },
        ],
      }),
    });
    if (recorded.outcome === 'accepted') await recorded.durable;
    return state.memberships[0]?.accountId ?? '';
  }

  it('before its award is completed', async () => {
    const membership = await recordAlone();
    for (const service of test.platform.runtimes.all()) await service.reachHead(5_000);
    // 10.00 came before, 5.00 are added; the topic brings the points.
    expect(await test.earning.streams.memberships.load(membership)).toMatchObject({
      state: { sequence: 3, spend: { lifetime: 1_500 } },
    });
  });

  it('before its award is completed, also when a batch brings it again at once', async () => {
    const recorded = recordAlone();
    const body = { transactions: [{ ...ticket('t1'), total: 500 }, ticket('t2')] };
    const batch = test.send('POST', '/transactions/batch', { body });
    const membership = await recorded;
    expect((await batch).body.results).toMatchObject([{}, { status: 'recorded' }]);
    for (const service of test.platform.runtimes.all()) await service.reachHead(5_000);
    // 10.00 came before; 5.00 of the one left alone and 10.00 of the other are added.
    expect(await test.earning.streams.memberships.load(membership)).toMatchObject({
      state: { sequence: 4, spend: { lifetime: 2_500 } },
    });
  });
});

describe('a programme that enrols whoever is there already', () => {
  it('enrols everyone whom it alone takes, before it answers', async () => {
    const test = await startEarning();
    const now = test.clock.now();
    for (const id of ['ana', 'ben']) {
      test.neighbours.register(id);
      const request = { participantId: id, groups: [], now, operation: { id: `register-${id}` } };
      expect(await test.earning.enrolments.enrol(request)).toMatchObject({
        ok: true,
        value: { created: false },
      });
    }
    const body = { ...program, autoEnrol: false, enrolExisting: true };
    expect((await test.send('POST', '/programs', { body })).status).toBe(201);
    expect([...test.neighbours.accounts.values()].map((one) => one.participantId)).toEqual([
      'ana',
      'ben',
    ]);
    await test.close();
  });
});
