import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client';
import { runCommand } from '../support/command-line';
import { Fidelis } from '../support/fidelis';
import { expectIntegrity } from '../support/fixtures';
import { dice, seedOfRun } from '../support/random';
import { gather, openShop, type Crowd } from './crowd';
import { countIfRecorded } from './lost';
import { expectSameOutcome, type Operation } from './operations';
import type { Done, Shopper } from './shopper';
import { readStatement } from './statement';
import { Tally } from './tally';

const CRASHES = 20;
const LOAD_MS_MAX = 900;
/** Of each round's answered writes, how many are sent once more. */
const AGAIN_MAX = 24;
const NOW = '2026-11-22T10:00:00Z';
/** After a crash a vendor is asked again 30 s later, and may answer for ten minutes. */
const ASKED_AGAIN_MS = 60_000;
/** When every hold has expired. */
const LATER = '2026-11-23T10:00:00Z';

jest.setTimeout(180_000);

const seed = seedOfRun('kill -9');
const chance = dice(seed);
const tally = new Tally();
/** Sent by those who never ask again. */
const lost: Operation[] = [];
const startsMs: number[] = [];

let fidelis: Fidelis;
let client: Client;
let crowd: Crowd;

beforeAll(async () => {
  fidelis = await Fidelis.start({ env: { FIDELIS_TEST_CLOCK: '1' } });
  client = fidelis.client();
  await client.put('/test-clock', { now: NOW });
  await openShop(client);
  crowd = await gather(client, { seed, tally });
});

afterAll(async () => {
  await client.close();
  await fidelis.dispose();
});

/** Everybody writes, and at some moment the process is gone, or asked to go. */
async function shopUntil(end: () => Promise<void>): Promise<void> {
  let open = true;
  const everybody = [...crowd.patient, ...crowd.hasty].map((each) => each.shop(() => open));
  await Promise.race([sleep(chance.between(0, LOAD_MS_MAX)), Promise.all(everybody)]);
  await end();
  open = false;
  await Promise.all(everybody);
}

async function startAgain(): Promise<void> {
  const began = performance.now();
  await fidelis.begin();
  startsMs.push(performance.now() - began);
}

/** The patient ask until they know; now and then it is killed once more while they do. */
async function learnWhatBecame(): Promise<void> {
  for (const shopper of crowd.hasty) {
    const operation = shopper.forget();
    if (operation !== undefined) lost.push(operation);
  }
  const asking = Promise.all(crowd.patient.map((shopper) => shopper.resolve()));
  if (chance.roll() < 0.3) {
    await sleep(chance.between(0, 60));
    await fidelis.kill9();
    await asking;
    await startAgain();
  } else {
    await asking;
  }
  await Promise.all(crowd.patient.map((shopper) => shopper.resolve()));
  expect(crowd.patient.filter(({ unknown }) => unknown !== undefined)).toEqual([]);
}

async function expectSameAgain(writes: readonly Done[]): Promise<void> {
  await Promise.all(
    writes.map(async ({ operation, answer }) => {
      const { path, body, idempotencyKey } = operation;
      const again = await client.post(path, body, {
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      });
      expectSameOutcome(operation, answer, again);
    }),
  );
}

describe('a process that is killed while 16 clients write', () => {
  test(`has lost and doubled nothing after ${CRASHES} times`, async () => {
    while (startsMs.length < CRASHES) {
      const before = doneBy(crowd.patient).length;
      await shopUntil(() => fidelis.kill9());
      await startAgain();
      await learnWhatBecame();
      await expectIntegrity(client);
      const ofThisRound = doneBy(crowd.patient).slice(before);
      await expectSameAgain(some(ofThisRound));
      for (const member of crowd.members) await tally.expectOn(client, member);
    }
    report();
  }, 180_000);

  test('shows every answered write exactly once on its statement', async () => {
    for (const { accountId } of [...crowd.members, ...crowd.hastyMembers]) {
      const entries = await readStatement(client, accountId);
      const ids = entries.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const answered = doneBy([...crowd.patient, ...crowd.hasty]).filter(
        ({ operation }) => operation.member.accountId === accountId,
      );
      for (const { operation, answer } of answered) {
        if (operation.kind !== 'credit' && operation.kind !== 'debit') continue;
        const shown = entries.filter(({ id }) => id === answer.body['id']);
        expect(shown).toMatchObject([{ points: answer.body['points'] }]);
      }
    }
  });

  test('keeps another process off its folder, and ends in good order when it is asked to', async () => {
    const intruder = Fidelis.start({ dataDir: fidelis.dataDir });
    await expect(intruder).rejects.toThrow('is in use by another process');
    await shopUntil(() => fidelis.stop());
    expect(fidelis.exitCode).toBe(0);
    await startAgain();
    await learnWhatBecame();
    await expectIntegrity(client);
    for (const member of crowd.members) await tally.expectOn(client, member);
  });

  test('brings every order to its vendor in the end', async () => {
    const { body } = await client.get<{ now: string }>('/test-clock');
    const soon = new Date(Date.parse(body.now) + ASKED_AGAIN_MS).toISOString();
    await client.put('/test-clock', { now: soon });
    expect(await tally.learnOfOrders(client)).toBe(0);
    for (const member of crowd.members) await tally.expectOn(client, member);
  });

  test('frees every point that nobody came back for', async () => {
    await client.put('/test-clock', { now: LATER });
    tally.releaseAll();
    for (const operation of lost) await countIfRecorded(client, tally, operation);
    for (const member of [...crowd.members, ...crowd.hastyMembers]) {
      await tally.expectOn(client, member);
    }
    await expectIntegrity(client);
  });

  test('leaves a folder that the offline verifier finds sound', async () => {
    await fidelis.kill9();
    const args = ['verify', '--data', fidelis.dataDir];
    const { code, output } = await runCommand(args, { cwd: fidelis.dataDir }).ended;
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
    process.stdout.write(output);
  });
});

const doneBy = (shoppers: readonly Shopper[]): Done[] => shoppers.flatMap(({ done }) => done);

function some(writes: readonly Done[]): Done[] {
  const rest = [...writes];
  return Array.from({ length: Math.min(AGAIN_MAX, rest.length) }, () =>
    rest.splice(chance.between(0, rest.length - 1), 1),
  ).flat();
}

function report(): void {
  const counts = new Map<string, number>();
  const writes = doneBy([...crowd.patient, ...crowd.hasty]);
  for (const { operation } of writes) {
    counts.set(operation.kind, (counts.get(operation.kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const slowest = Math.round(Math.max(...startsMs));
  process.stdout.write(
    `${startsMs.length} crashes, ${writes.length} answered writes (${kinds}), ` +
      `${lost.length} never learnt; ready again after at most ${slowest} ms\n`,
  );
}
