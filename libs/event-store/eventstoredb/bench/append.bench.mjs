// Appends per second through the adapter, on the test server in a process of its own (or on the
// server that EVENT_STORE_URL names). One event of about 500 bytes each, every writer on streams
// of its own. `node libs/event-store/eventstoredb/bench/append.bench.mjs [seconds]`
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import adapter from '@fidelis/event-store-eventstoredb';
import infra from '@fidelis/infra';

const seconds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'append-bench-'));
const named = process.env.EVENT_STORE_URL?.startsWith('esdb:') === true;
const server = named ? undefined : await infra.startEventStoreServer({ folder });
const url = server?.url ?? process.env.EVENT_STORE_URL;
const store = new adapter.EventStoreDbStore({ url, snapshots: undefined });
const metadata = { recordedAt: '2026-11-22T10:00:00.000Z', operationId: 'bench' };
const text = 'x'.repeat(350);
const newEvent = (n) => ({ id: randomUUID(), type: 'ThingHappened', data: { n, text }, metadata });

async function write(endsAt, latencies) {
  while (performance.now() < endsAt) {
    const stream = `bench-${randomUUID()}`;
    let expectedRevision = 'no-stream';
    for (let n = 0; n < 10; n += 1) {
      const begun = performance.now();
      const { accepted } = store.append({ stream, expectedRevision, events: [newEvent(n)] });
      ({ revision: expectedRevision } = await accepted);
      latencies.push(performance.now() - begun);
    }
  }
}

async function run(writers, subscriptions) {
  let delivered = 0;
  const after = await store.headOf();
  const open = Array.from({ length: subscriptions }, (_, i) =>
    store.subscribe({
      ...{ name: `view-${i}`, after, categories: ['bench'], batchSizeMax: 500 },
      onBatch: async (events) => void (delivered += events.length),
    }),
  );
  const latencies = [];
  const begun = performance.now();
  const endsAt = begun + seconds * 1000;
  await Promise.all(Array.from({ length: writers }, () => write(endsAt, latencies)));
  const perSecond = Math.round(latencies.length / ((performance.now() - begun) / 1000));
  while (delivered < latencies.length * subscriptions) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const lagMs = Math.round(performance.now() - endsAt);
  await Promise.all(open.map((subscription) => subscription.stop()));
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)].toFixed(1);
  console.log(
    `${writers} writers, ${subscriptions} subscriptions: ${perSecond} appends/s, ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, last event seen ${lagMs} ms behind the end`,
  );
}

await run(16, 0);
for (const [writers, subscriptions] of [
  [1, 0],
  [64, 0],
  [64, 10],
]) {
  await run(writers, subscriptions);
}
await store.close();
await server?.stop();
rmSync(folder, { recursive: true, force: true });
