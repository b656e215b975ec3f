import { Partitioners, type IHeaders, type Kafka, type Producer } from 'kafkajs';
import { encodeMessage, type Message } from '@fidelis/messaging';
import { RETRY } from './kafka-client';

export interface OutgoingRecord {
  readonly key: string;
  readonly value: Buffer | string;
  readonly headers: IHeaders;
}

/** Below a broker's limit of one batch, with room for what its own bookkeeping takes. */
const SEND_BYTES_MAX = 512 * 1024;
const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/**
 * Puts records on topics: acknowledged by all replicas, in order, once each as long as the producer
 * lives. After a failure the next send begins with a new producer.
 */
export class MessageProducer {
  private connected: Promise<Producer> | undefined;

  constructor(private readonly kafka: Kafka) {}

  /** Messages of one topic. */
  async sendMessages(topic: string, messages: readonly Message[]): Promise<void> {
    await this.send(topic, messages.map(toRecord));
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    for (const messages of batchesOf(records)) {
      const connected = (this.connected ??= this.connect());
      const producer = await connected;
      try {
        await producer.send({ topic, acks: -1, messages });
      } catch (error) {
        // An idempotent producer that lost count never finds it again.
        if (this.connected === connected) this.connected = undefined;
        await producer.disconnect().catch(() => undefined);
        throw error;
      }
    }
  }

  async close(): Promise<void> {
    const producer = await this.connected?.catch(() => undefined);
    this.connected = undefined;
    await producer?.disconnect();
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Java's: everybody's producers send a key to the same partition.
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: RETRY,
    });
    try {
      await producer.connect();
    } catch (error) {
      this.connected = undefined;
      throw error;
    }
    return producer;
  }
}

/** The whole CloudEvent is the value; a `key` or `value` in its data is only data. */
export function toRecord(message: Message): OutgoingRecord {
  const { id, type, key, traceparent } = message;
  return {
    key,
    value: encodeMessage(message),
    headers: {
      'content-type': CONTENT_TYPE,
      ce_id: id,
      ce_type: type,
      ...(traceparent !== undefined && { traceparent }),
    },
  };
}

function batchesOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const batches: OutgoingRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(record.value) + Buffer.byteLength(record.key);
    if (bytes + size > SEND_BYTES_MAX) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(record);
    bytes += size;
  }
  return batches;
}
