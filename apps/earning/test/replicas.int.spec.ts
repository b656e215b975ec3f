import { setTimeout as sleep } from 'node:timers/promises';
import { TestPlatform } from '@fidelis/testing/test-platform';
import { requestReturn, type Ticket } from '../src/domain/transaction';
import { Earning } from '../src/earning';
import { earningDefaults } from '../src/earning.config';
import type { EarningRuntime } from '../src/earning.runtime';
import { startEarning, type TestApp } from './earning-app';

// 1 point per 1.00; a point pays 0.01.
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

const LONG_MS = 60_000;
const SHORT_MS = 400;
/** So that the process has the event and waits. */
const A_WHILE_MS = 200;

/** `other` answers requests; `active` holds the lease, so the process that resumes runs there. */
describe('of two replicas, the one that completes what the other one left', () => {
  let other: TestApp;
  let active: Earning;
  let running: EarningRuntime;

  const begin = async (completionGraceMs: number): Promise<void> => {
    other = await startEarning(undefined, 'standby');
    other.neighbours.register('ana');
    await other.send('POST', '/programs', { body: program });
    await other.send('POST', '/transactions', { body: ticket('t0') });
    const { clock, eventStore, neighbours } = other;
    const platform = new TestPlatform({ clock, eventStore, replica: 'active' });
    neighbours.answer(platform.callTable);
    active = new Earning(platform, { ...earningDefaults, completionGraceMs });
    running = active.runtime();
    await running.onApplicationBootstrap();
    await running.reachHead(30_000);
  };
  afterEach(async () => {
    await running.beforeApplicationShutdown();
    await (active.platform as TestPlatform).close();
    await other.close();
  });

  /** What a replica has done when it dies, or is slow, behind the first step. */
  const onlyRecord = async (transactionId: string): Promise<Ticket> => {
    const { enrolments, transactions } = other.earning.streams;
    const { state } = await enrolments.load('ana');
    const data: Ticket = {
      ticket: `default:${transactionId}`,
      source: 'default',
      transactionId,
      participantId: 'ana',
      occurredAt: '2026-11-22T10:00:00.000Z',
      currency: 'EUR',
      total: 500,
      taxTotal: 0,
      lines: [],
      memberships: state.memberships,
    };
    const recorded = await transactions.handle({
      id: data.ticket,
      operation: { id: data.ticket, fingerprint: 'x' },
      now: other.clock.now(),
      decide: () => ({ outcome: 'accepted', events: [{ type: 'TransactionRecorded', data }] }),
    });
    if (recorded.outcome !== 'rejected') await recorded.durable;
    return data;
  };
  const membership = async () => {
    const [account] = other.neighbours.accounts.keys();
    return (await active.streams.memberships.load(account ?? '')).state;
  };

  it('leaves alone what the other one is completing right now', async () => {
    await begin(LONG_MS);
    const slow = await onlyRecord('slow');
    await sleep(A_WHILE_MS);
    const { completion, rulebook } = other.earning;
    const context = { person: { participantId: 'ana', groups: [] }, now: other.clock.now() };
    await completion.complete(slow, { ...context, rules: await rulebook.current() });

    const before = other.neighbours.timesAsked('resolve');
    const ids = Array.from({ length: 20 }, (_, n) => `t${n + 1}`);
    await Promise.all(ids.map((id) => other.send('POST', '/transactions', { body: ticket(id) })));
    const returned = { returnId: 'r1', full: true };
    expect((await other.send('POST', '/transactions/t1/returns', { body: returned })).status).toBe(
      201,
    );
    await running.reachHead(30_000);

    // Once each, by the one that was sent the ticket: the process asks before it does anything.
    expect(other.neighbours.timesAsked('resolve') - before).toBe(20);
    expect(other.neighbours.timesAsked('reverse')).toBe(1);
    // Opened, 1 + 1 + 20 awards, one reversal; 10 + 5 + 200 − 10 points.
    expect(await membership()).toMatchObject({ sequence: 24 });
    expect(other.neighbours.balanceOf('ana')).toBe(205);
  });

  it('completes a ticket and a return of one that died, but not before the grace', async () => {
    await begin(SHORT_MS);
    // Somebody else's: no topic brings the account its points here, and a return waits for them.
    other.neighbours.register('ben');
    const bens = { participant: { id: 'ben' } };
    await other.send('POST', '/transactions', { body: ticket('b0', bens) });
    await onlyRecord('dead');
    const key = 'default:b0';
    const request = { returnId: 'r1', contentHash: '', occurredAt: other.clock.now() };
    const requested = await other.earning.streams.transactions.handle({
      id: key,
      operation: { id: `${key}/r1/request` },
      now: other.clock.now(),
      decide: (transaction) => requestReturn({ ...request, kind: 'full' }, transaction),
    });
    if (requested.outcome !== 'rejected') await requested.durable;
    const recordedAt = performance.now();
    expect(
      (await other.send('POST', '/transactions', { body: ticket('behind', bens) })).status,
    ).toBe(201);
    await running.reachHead(30_000);

    expect(performance.now() - recordedAt).toBeGreaterThanOrEqual(SHORT_MS / 2);
    // 10.00 of t0 and 5.00.
    expect(await membership()).toMatchObject({ spend: { lifetime: 1_500 } });
    expect((await other.send('GET', '/transactions/b0')).body).toMatchObject({
      status: 'returned',
      returns: [{ returnId: 'r1', reversedPoints: 10 }],
    });
    expect(other.neighbours.timesAsked('reverse')).toBe(1);
  });

  it('stops at once while it waits, and completes the ticket after its restart', async () => {
    await begin(LONG_MS);
    await onlyRecord('dead');
    await sleep(A_WHILE_MS);
    await running.beforeApplicationShutdown();
    expect(await membership()).toMatchObject({ spend: { lifetime: 1_000 } });
    await running.onApplicationBootstrap();
    await sleep(A_WHILE_MS);
    expect(await membership()).toMatchObject({ spend: { lifetime: 1_000 } });
    await running.beforeApplicationShutdown();

    // Long ago by now: nobody can be at it any more.
    other.clock.pass(LONG_MS);
    await running.onApplicationBootstrap();
    await running.reachHead(30_000);
    expect(await membership()).toMatchObject({ spend: { lifetime: 1_500 }, sequence: 3 });
    expect((active.platform as TestPlatform).errors).toEqual([]);
  });

  it('asks once more for the points that pay on a ticket, after the grace', async () => {
    await begin(SHORT_MS);
    const body = ticket('t1', { redeem: { points: 4 } });
    expect((await other.send('POST', '/transactions', { body })).status).toBe(201);
    expect(other.neighbours.timesAsked('capture')).toBe(1);
    await running.reachHead(30_000);
    expect(other.neighbours.timesAsked('capture')).toBe(2);
    // 10 + floor(996 / 100) − 4 = 15.
    expect(other.neighbours.balanceOf('ana')).toBe(15);
  });
});
