import { randomUUID } from 'node:crypto';
import { PosTransactionV1 } from '@fidelis/contracts';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';

/** A point of sale that publishes its tickets, each worth 10.00. */
export class PosTopic {
  private sent = 0;

  private constructor(private readonly producer: Producer) {}

  static async open(brokers: string[]): Promise<PosTopic> {
    const kafka = new Kafka({ brokers, clientId: 'bench-pos', logLevel: logLevel.ERROR });
    const createPartitioner = Partitioners.DefaultPartitioner;
    const producer = kafka.producer({ createPartitioner, idempotent: true });
    await producer.connect();
    return new PosTopic(producer);
  }

  /** Resolves when the topic has all of them. */
  async publish(participants: readonly string[]): Promise<void> {
    const messages = participants.map((externalId) => ({
      key: externalId,
      value: JSON.stringify(this.ticketOf(externalId)),
      headers: { 'content-type': 'application/cloudevents+json' },
    }));
    await this.producer.send({ topic: PosTransactionV1.topic, acks: -1, messages });
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }

  private ticketOf(externalId: string): object {
    this.sent += 1;
    const time = new Date().toISOString();
    return {
      ...{ specversion: '1.0', id: randomUUID(), time, datacontenttype: 'application/json' },
      ...{ type: PosTransactionV1.type, source: '/bench/pos' },
      data: {
        transactionId: `pos-${this.sent}`,
        source: 'bench-pos',
        participant: { externalId },
        occurredAt: '2026-11-22T10:00:00.000Z',
        currency: 'EUR',
        total: 1000,
        lines: [{ lineId: '1', sku: 'A1', quantity: 1, unitPrice: 1000, amount: 1000 }],
      },
    };
  }
}
