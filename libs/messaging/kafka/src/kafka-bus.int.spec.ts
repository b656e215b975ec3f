import { MemoryEventStore } from '@fidelis/event-store-memory';
import { AlwaysHeld } from '@fidelis/leases';
import { aesCipher } from '@fidelis/messaging';
import { describeMessageBus, NOTES, type MessageBusHarness } from '@fidelis/messaging-conformance';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { BusTables } from './bus-tables';
import { KafkaBus } from './kafka-bus';
import { KafkaUnderTest } from './kafka-under-test';

const cipher = aesCipher(new Uint8Array(32).fill(7));
const kafka = new KafkaUnderTest();

beforeAll(() => kafka.start());
afterAll(() => kafka.stop());

async function createHarness(): Promise<MessageBusHarness> {
  // One partition: the suite speaks of one order. Several are in the other specs.
  await kafka.empty([NOTES], 1);
  const store = new MemoryEventStore();
  const database = openSqliteReadModel<BusTables>({ file: ':memory:' });
  return {
    store,
    open: (options) =>
      Promise.resolve(
        new KafkaBus({
          ...{ ...options, store, database, cipher },
          url: kafka.broker.url,
          clientId: 'conformance',
          leases: new AlwaysHeld(),
          timing: { commitEveryMs: 20, pollMs: 50, heartbeatEveryMs: 200, retriesEveryMs: 100 },
        }),
      ),
    crash: (bus) => (bus as KafkaBus).abandon(),
    publishBytes: (topic, key, bytes) => kafka.publish(topic, key, bytes),
    close: async () => {
      await store.close();
      await database.destroy();
    },
  };
}

describeMessageBus({
  name: 'Kafka',
  abilities: { disturbance: true, foreignRecords: true },
  createHarness,
});
