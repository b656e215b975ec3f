// How many messages a second the journal takes, as an import gives them: one account each, one
// entry. `node apps/reconciliation/bench/journal.bench.mjs [messages] [batch size]`, after a build.
// Prints messages/s, and how long the reports over all lines take.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import readModel from '@fidelis/read-model';
import projection from '../dist/projections/journal/journal.projection.js';
import query from '../dist/projections/journal/journal.query.js';
import table from '../dist/projections/journal/journal.table.js';

const total = Number(process.argv[2] ?? 200_000);
const ACCOUNTS = 23_570; // the customers of the larger sample
const BATCH = Number(process.argv[3] ?? 500);

const terms = {
  programId: 'gold',
  version: 1,
  currency: 'EUR',
  redeem: { points: 1, worth: 1 },
  finance: { expenseAccount: '6100', costCentre: 'MKT', costPerPoint: { amount: 1, points: 2 } },
};
const revisions = new Map();
const totals = new Map();

function message(n) {
  const accountId = `01kabcdefghijklmnop${String(n % ACCOUNTS).padStart(7, '0')}`;
  const revision = (revisions.get(accountId) ?? -1) + 1;
  revisions.set(accountId, revision);
  const place = {
    id: `0d0f6f2e-8f0a-8abc-a123-${String(n).padStart(12, '0')}:0`,
    key: accountId,
    aggregate: `account-${accountId}`,
    revision,
    time: '2026-11-22T10:00:00.000Z',
    topic: 'loyalty.accounts.account.events.v1',
  };
  const base = { accountId, participantId: accountId, programId: 'gold', revision };
  if (revision === 0) {
    return { ...place, type: 'accounts.account-opened.v1', data: { ...base, terms } };
  }
  const points = 1 + (n % 97);
  const after = (totals.get(accountId) ?? 0) + points;
  totals.set(accountId, after);
  const entry = {
    id: `${accountId}.${revision}.0`,
    type: 'earn',
    points,
    wallet: 'points',
    occurredAt: new Date(Date.UTC(1997, 0, 1) + (n % 546) * 86_400_000).toISOString(),
    recordedAt: place.time,
    balanceAfter: after,
    source: { kind: 'transaction', id: `cdnow:${n}` },
    lots: [],
    bySource: [{ pointSource: 'default', points }],
  };
  return {
    ...place,
    type: 'accounts.entries-recorded.v1',
    data: {
      ...base,
      entries: [entry],
      after: { total: after, debt: 0, held: 0, pending: 0, available: after },
      awards: [{ sequence: revision, outcome: 'credited' }],
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'journal-bench-'));
const db = readModel.openSqliteReadModel({ file: join(folder, 'reconciliation.db') });
await table.createJournal(db);

let spent = 0;
let cpuMicros = 0;
for (let from = 0; from < total; from += BATCH) {
  const batch = Array.from({ length: Math.min(BATCH, total - from) }, (_, i) => message(from + i));
  const started = performance.now();
  const cpu = process.cpuUsage();
  await projection.recordInJournal(db, batch);
  spent += performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  cpuMicros += user + system;
}
// On a busy machine the processor time says more than the clock.
console.log(
  `${Math.round((total / spent) * 1000)} messages/s (${total} in ${Math.round(spent)} ms); ` +
    `${(cpuMicros / total).toFixed(1)} µs of processor time each`,
);

for (const [name, run] of [
  ['trial balance', () => query.sumLines(db)],
  ['roll-forward', () => query.sumPoints(db, {}, { from: undefined, to: undefined })],
  ['points by part', () => query.sumPointsByPart(db)],
  ['page of 50', () => query.listLines(db, { limit: 50 })],
]) {
  const started = performance.now();
  await run();
  console.log(`${name}: ${Math.round(performance.now() - started)} ms`);
}
await db.destroy();
rmSync(folder, { recursive: true });
