import { MemoryEventStore } from '@fidelis/event-store-memory';
import { describeMessageBus, type MessageBusHarness } from '@fidelis/messaging-conformance';
import { MemoryBroker } from './memory-broker';
import { MemoryBus } from './memory-bus';

async function createHarness(): Promise<MessageBusHarness> {
  const store = new MemoryEventStore();
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
    close: () => store.close(),
  });
}

describeMessageBus({
  name: 'memory',
  abilities: { disturbance: true, foreignRecords: true },
  createHarness,
});
