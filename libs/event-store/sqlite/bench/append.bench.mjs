// How many events a second the store takes: appends of three events each, so many per turn of the
// event loop. `node libs/event-store/sqlite/bench/append.bench.mjs [events]`, after a build.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import sqlite from '@fidelis/event-store-sqlite';

const { SqliteEventStore } = sqlite;

const eventsTotal = Number(process.argv[2] ?? 300_000);
const EVENTS_PER_APPEND = 3;

const data = {
  entryId: '01kabcdefghijklmnopqrstuvw',
  points: 1234,
  transaction: { source: 'pos-17', id: '2026-11-22-000123' },
  lots: [{ lotId: '01kabcdefghijklmnopqrstuvx', points: 1234, expiresOn: '2027-12-31' }],
};
const metadata = {
  recordedAt: '2026-11-22T10:00:00.000Z',
  operationId: 'ticket:pos-17:2026-11-22-000123',
  fingerprint: '0123456789abcdef0123456789abcdef',
};

function request(stream, expectedRevision) {
  const events = Array.from({ length: EVENTS_PER_APPEND }, () => ({
    ...{ id: randomUUID(), type: 'PointsCredited', data, metadata },
  }));
  return { stream, expectedRevision, events };
}

/** `streamsOf(i)` gives the i-th append's stream; a stream met again goes on at its last revision. */
async function measure({ name, appendsPerTurn, streamOf, subscribers = 0 }) {
  const folder = mkdtempSync(join(tmpdir(), 'append-bench-'));
  const store = SqliteEventStore.open({ file: join(folder, 'events.db') });
  let delivered = 0;
  const onBatch = async (events) => {
    delivered += events.length;
  };
  for (let i = 0; i < subscribers; i += 1) {
    store.subscribe({ name: `s${i}`, after: -1, batchSizeMax: 1000, onBatch });
  }
  const heads = new Map();
  const appendsTotal = Math.floor(eventsTotal / EVENTS_PER_APPEND);
  const requests = Array.from({ length: appendsTotal }, (_, i) => {
    const stream = streamOf(i);
    const head = heads.get(stream);
    heads.set(stream, (head ?? -1) + EVENTS_PER_APPEND);
    return request(stream, head ?? 'no-stream');
  });
  const turns = [];
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  for (let i = 0; i < appendsTotal; i += appendsPerTurn) {
    const turnStarted = performance.now();
    const pending = requests.slice(i, i + appendsPerTurn).map((each) => store.append(each));
    await Promise.all(pending.map(({ durable }) => durable));
    turns.push(performance.now() - turnStarted);
  }
  const ms = performance.now() - started;
  const cpu = process.cpuUsage(cpuBefore);
  await store.close();
  rmSync(folder, { recursive: true });
  turns.sort((a, b) => a - b);
  const at = (share) => (turns[Math.floor((turns.length - 1) * share)] ?? 0).toFixed(1);
  return {
    name,
    'events/s': Math.round((eventsTotal / ms) * 1000),
    'cpu µs/event': ((cpu.user + cpu.system) / eventsTotal).toFixed(1),
    'turn p50 ms': at(0.5),
    'p99 ms': at(0.99),
    'max ms': at(1),
    delivered,
  };
}

const hot = (i) => `account-01kabcdefghijklmnopqrs${i % 5000}`;
const fresh = (i) => `transaction-pos-${i % 97}:2026-11-22-${i}`;
const mixed = (i) => (i % 3 === 0 ? fresh(i) : hot(i));

const results = [];
for (const appendsPerTurn of [1, 64, 1000]) {
  results.push(await measure({ name: `hot, ${appendsPerTurn}`, appendsPerTurn, streamOf: hot }));
  results.push(await measure({ name: `new, ${appendsPerTurn}`, appendsPerTurn, streamOf: fresh }));
  results.push(
    await measure({ name: `mixed, ${appendsPerTurn}`, appendsPerTurn, streamOf: mixed }),
  );
}
results.push(
  await measure({
    ...{ name: 'mixed, 64, 8 live subscribers', appendsPerTurn: 64, streamOf: mixed },
    subscribers: 8,
  }),
);
console.table(results);
