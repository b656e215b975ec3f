import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '@fidelis/event-store-sqlite';
import { describeMessageBus, type MessageBusHarness } from '@fidelis/messaging-conformance';
import { MemoryBroker } from './memory-broker';
import { MemoryBus } from './memory-bus';

async function createHarness(): Promise<MessageBusHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-bus-'));
  const store = SqliteEventStore.open({ file: join(folder, 'events.db'), freezeEvents: true });
  let broker = new MemoryBroker();
  return Promise.resolve({
    store,
    open: (options) => Promise.resolve(new MemoryBus({ ...options, store, broker })),
    crash: async (bus) => {
      // What the dead bus still does reaches only the broker that nobody uses any more.
      broker = broker.copy();
      await bus.close();
    },
    publishBytes: async (topic, key, bytes) => {
      broker.append(topic, [{ key, wire: bytes }]);
      return Promise.resolve();
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
}

describeMessageBus({
  name: 'memory',
  abilities: { disturbance: true, foreignRecords: true },
  createHarness,
});
