import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client';
import { startImport } from '../support/command-line';
import { Fidelis, START_MS_MAX } from '../support/fidelis';
import { expectIntegrity } from '../support/fixtures';
import { dice, seedOfRun } from '../support/random';
import { until } from '../support/until';
import { gather, openShop, type Crowd } from './crowd';
import { countIfRecorded } from './lost';
import type { Operation } from './operations';
import type { Shopper } from './shopper';
import { readStatement } from './statement';
import { Tally } from './tally';

const NOW = '2026-11-22T10:00:00Z';
/** A vendor that was away is asked again 30 s later. */
const ASKED_AGAIN_MS = 60_000;
const LATER = '2026-11-23T10:00:00Z';
/** Of the writing around each fault. */
const BEFORE_MS = 400;
const AFTER_MS = 1_500;
const SILENT_MS = 10_000;
/** Longer than a lease lives: another replica has taken over when this one wakes up. */
const PAUSED_MS = 8_000;
const FAULT_MS_MAX = 150_000;

const SAMPLE = [join(__dirname, '../../samples/cdnow-sample.csv'), '--format', 'cdnow'];
/** One of its first tickets: from here on the import is under way. */
const SAMPLE_TICKET = '/transactions/cdnow-sample.csv:cdnow-2';

const SERVICES = [
  'gateway',
  'accounts',
  'earning',
  'reward-store',
  'purchases',
  'vendors',
  'reconciliation',
];

const seed = seedOfRun('faults of separate processes');
const chance = dice(seed);
const tally = new Tally();
const lost: Operation[] = [];

let fidelis: Fidelis;
let client: Client;
let crowd: Crowd;
let slowestMs = 0;

beforeAll(async () => {
  // Besides, each message comes three times, mixed with those of other keys.
  const env = { FIDELIS_TEST_CLOCK: '1', FIDELIS_TEST_DISTURB_MESSAGES: String(seed) };
  fidelis = await Fidelis.start({ mode: 'distributed', env });
  client = fidelis.client();
  await client.put('/test-clock', { now: NOW });
  await openShop(client);
  crowd = await gather(client, { seed, tally });
}, START_MS_MAX);

afterAll(async () => {
  await client.close();
  await fidelis.dispose();
}, START_MS_MAX);

/** Writes one thing after the other; what broke off is asked again until it is known. */
async function keepShopping(shopper: Shopper, isOpen: () => boolean): Promise<void> {
  while (isOpen()) {
    await shopper.shop(isOpen);
    await learn(shopper);
  }
}

async function learn(shopper: Shopper): Promise<void> {
  const began = performance.now();
  while (shopper.unknown !== undefined) {
    await sleep(100);
    await shopper.resolve();
  }
  slowestMs = Math.max(slowestMs, performance.now() - began);
}

/** Everybody writes while it happens; then everything must be as it was answered. */
async function shopThrough(fault: () => Promise<void>): Promise<void> {
  let open = true;
  const everybody = [
    ...crowd.patient.map((each) => keepShopping(each, () => open)),
    ...crowd.hasty.map(async (each) => {
      await each.shop(() => open);
      const operation = each.forget();
      if (operation !== undefined) lost.push(operation);
    }),
  ];
  await sleep(BEFORE_MS + chance.between(0, BEFORE_MS));
  await fault();
  await sleep(AFTER_MS);
  open = false;
  await Promise.all(everybody);
  await settled();
  for (const member of crowd.members) await tally.expectOn(client, member);
}

/** Integrity may have to wait for a broker or a lease that comes back. */
async function settled(): Promise<void> {
  const giveUpAt = Date.now() + 90_000;
  for (;;) {
    const answer = await client.get('/reconciliation/integrity').catch(() => undefined);
    if (answer?.status === 200) break;
    if (Date.now() > giveUpAt) break;
    await sleep(250);
  }
  await expectIntegrity(client);
}

function pidOf(name: string): number {
  const found = fidelis.processes().get(name);
  if (found === undefined) throw new Error(`${name} does not run`);
  return found.pid;
}

/** Gone at once; whoever looks after it starts it again. */
async function kill9(name: string): Promise<void> {
  const killed = pidOf(name);
  process.kill(killed, 'SIGKILL');
  const giveUpAt = Date.now() + 60_000;
  while (pidOf(name) === killed && Date.now() < giveUpAt) await sleep(50);
  if (pidOf(name) === killed) throw new Error(`${name} was not started again`);
}

/** Lives, but neither works nor answers. */
async function pause(name: string, ms: number): Promise<void> {
  const pid = pidOf(name);
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
}

describe('separate processes, two of each service, while 16 clients write', () => {
  test.each(SERVICES)(
    'lose and double nothing when each replica of %s is killed in turn',
    async (service) => {
      await shopThrough(() => kill9(`${service}.1`));
      await shopThrough(() => kill9(`${service}.2`));
    },
    2 * FAULT_MS_MAX,
  );

  test(
    'lose and double nothing when the broker is killed and comes back',
    () => shopThrough(() => kill9('kafka')),
    FAULT_MS_MAX,
  );

  test(
    'lose and double nothing when PostgreSQL is killed and comes back',
    () => shopThrough(() => kill9('postgres')),
    FAULT_MS_MAX,
  );

  test(
    'lose and double nothing when the event store is silent for 10 s',
    () => shopThrough(() => pause('event-store', SILENT_MS)),
    FAULT_MS_MAX,
  );

  test(
    'lose and double nothing when the event store is killed and comes back',
    () => shopThrough(() => kill9('event-store')),
    FAULT_MS_MAX,
  );

  test.each(['accounts.1', 'earning.1', 'reconciliation.1'])(
    'lose and double nothing when %s pauses and wakes up late',
    (replica) => shopThrough(() => pause(replica, PAUSED_MS)),
    FAULT_MS_MAX,
  );

  test(
    'count each ticket of a file once when a replica of earning is killed in mid-import',
    importThroughKill,
    FAULT_MS_MAX,
  );

  test(
    'show every answered write exactly once, and free what nobody came back for',
    async () => {
      const { body } = await client.get<{ now: string }>('/test-clock');
      const soon = new Date(Date.parse(body.now) + ASKED_AGAIN_MS).toISOString();
      await client.put('/test-clock', { now: soon });
      expect(await tally.learnOfOrders(client)).toBe(0);
      await client.put('/test-clock', { now: LATER });
      tally.releaseAll();
      for (const operation of lost) await countIfRecorded(client, tally, operation);
      for (const member of [...crowd.members, ...crowd.hastyMembers]) {
        await tally.expectOn(client, member);
        const ids = (await readStatement(client, member.accountId)).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }
      await settled();
      report();
    },
    FAULT_MS_MAX,
  );
});

/** The command line streams the sample through the gateways, and goes on where it was cut off. */
async function importThroughKill(): Promise<void> {
  const before = await earnedInAll();
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-import-'));
  try {
    const run = startImport(fidelis, SAMPLE, folder);
    await until(
      () => client.get(SAMPLE_TICKET).catch(() => undefined),
      (answer) => answer?.status === 200,
    );
    await kill9('earning.1');
    const cutOff = await run.ended;
    expect([cutOff.code, cutOff.output]).toEqual([0, expect.stringContaining('rejected 0')]);
    const again = await startImport(fidelis, SAMPLE, folder).ended;
    expect(again.lastLine).toBe('read 200 = accepted 0 + duplicate 200 + rejected 0');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await settled();
  // Counted with awk, rounded down ticket by ticket.
  expect((await earnedInAll()) - before).toBe(7592);
}

async function earnedInAll(): Promise<number> {
  const { body } = await client.get<{ earned: number }>(
    '/reconciliation/roll-forward?programId=euro&fresh=true',
  );
  return body.earned;
}

function report(): void {
  const writes = [...crowd.patient, ...crowd.hasty].flatMap(({ done }) => done).length;
  process.stdout.write(
    `FIDELIS_SEED=${seed}: ${writes} answered writes, ${lost.length} never learnt, ` +
      `a write that broke off was known after at most ${Math.round(slowestMs)} ms\n`,
  );
}
