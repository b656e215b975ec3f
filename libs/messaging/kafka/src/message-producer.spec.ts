import type { Kafka, Producer, ProducerRecord } from 'kafkajs';
import type { Message } from '@fidelis/messaging';
import { MessageProducer } from './message-producer';

const TOPIC = 'loyalty.notes.note.events.v1';

function messages(count: number, text = ''): readonly Message[] {
  return Array.from({ length: count }, (_, revision) => ({
    ...{ id: String(revision), type: 'notes.note-written.v1', source: '/notes', topic: TOPIC },
    ...{ time: '2026-11-22T10:00:00.000Z', key: 'k', aggregate: 'note-k', revision },
    data: { text },
  }));
}

/** Notes how many records each send had; fails as often as it is told. */
class FakeBroker {
  readonly sends: number[] = [];
  producers = 0;
  failures = 0;

  producer(): Pick<Producer, 'connect' | 'send' | 'disconnect'> {
    this.producers += 1;
    return {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      send: ({ messages: records }: ProducerRecord) => {
        this.failures -= 1;
        if (this.failures >= 0) return Promise.reject(new Error('out of order sequence'));
        this.sends.push(records.length);
        return Promise.resolve([]);
      },
    };
  }
}

describe('the producer of messages', () => {
  let broker: FakeBroker;
  let producer: MessageProducer;

  beforeEach(() => {
    broker = new FakeBroker();
    producer = new MessageProducer(broker as unknown as Kafka);
  });

  it('sends many at once', async () => {
    await producer.sendMessages(TOPIC, messages(500));
    expect(broker.sends).toEqual([500]);
  });

  it('sends no more at once than a broker takes, however large they are', async () => {
    // Each about 200 KiB, and 512 KiB fit into one.
    await producer.sendMessages(TOPIC, messages(5, 'x'.repeat(200 * 1024)));
    expect(broker.sends).toEqual([2, 2, 1]);
  });

  it('tells of a failure, and begins anew after it', async () => {
    broker.failures = 1;
    await expect(producer.sendMessages(TOPIC, messages(1))).rejects.toThrow('out of order');
    await producer.sendMessages(TOPIC, messages(1));
    expect([broker.producers, broker.sends]).toEqual([2, [1]]);
  });
});
