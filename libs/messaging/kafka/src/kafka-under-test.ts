import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners, type Admin, type Producer } from 'kafkajs';
import { startKafka, type RunningKafka } from '@fidelis/infra';
import { brokersOf } from './kafka-client';
import { createTopics, topicsOf } from './topics';

/** A broker of a suite's own, emptied before each test. */
export class KafkaUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'fidelis-kafka-bus-'));
  private started: RunningKafka | undefined;
  private client: { readonly admin: Admin; readonly producer: Producer } | undefined;

  get broker(): RunningKafka {
    if (this.started === undefined) throw new Error('start the broker first');
    return this.started;
  }

  get admin(): Admin {
    if (this.client === undefined) throw new Error('start the broker first');
    return this.client.admin;
  }

  async start(): Promise<void> {
    this.started = await startKafka({ folder: this.folder });
    const kafka = new Kafka({
      brokers: brokersOf(this.started.url),
      logLevel: logLevel.NOTHING,
      retry: { retries: 30, maxRetryTime: 1_000 },
    });
    const [admin, producer] = [
      kafka.admin(),
      kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner }),
    ];
    await Promise.all([admin.connect(), producer.connect()]);
    this.client = { admin, producer };
  }

  async stop(): Promise<void> {
    await Promise.all([this.client?.admin.disconnect(), this.client?.producer.disconnect()]);
    await this.started?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** No groups, and these topics empty. */
  async empty(topics: readonly string[], partitions = 4): Promise<void> {
    const { groups } = await this.admin.listGroups();
    if (groups.length > 0) await this.admin.deleteGroups(groups.map(({ groupId }) => groupId));
    const old = (await this.admin.listTopics()).filter((topic) => !topic.startsWith('__'));
    if (old.length > 0) await this.admin.deleteTopics({ topics: old });
    await createTopics({ url: this.broker.url, topics: topicsOf(topics, { partitions }) });
  }

  /** As another system would. */
  async publish(topic: string, key: string, value: string | Uint8Array): Promise<void> {
    const message = { key, value: typeof value === 'string' ? value : Buffer.from(value) };
    await this.client?.producer.send({ topic, acks: -1, messages: [message] });
  }
}
