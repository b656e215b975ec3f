import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners, type Admin, type Producer } from 'kafkajs';
import { startKafka, type RunningKafka } from '@fidelis/infra';
import { brokersOf } from './kafka-client';
import { createTopics, topicsOf } from './topics';

const GROUP_MS_MAX = 20_000;

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

  /** No groups, and nothing on these topics: made anew they would not be known for a moment. */
  async empty(names: readonly string[], partitions = 4): Promise<void> {
    await this.deleteGroups();
    const topics = topicsOf(names, { partitions });
    await createTopics({ url: this.broker.url, topics });
    for (const { topic } of topics) {
      const ends = await this.admin.fetchTopicOffsets(topic);
      const filled = ends.filter(({ low, high }) => low !== high);
      if (filled.length === 0) continue;
      const all = filled.map(({ partition, high: offset }) => ({ partition, offset }));
      await this.admin.deleteTopicRecords({ topic, partitions: all });
    }
  }

  /** Those of a process that was killed live on until their session ends. */
  private async deleteGroups(): Promise<void> {
    const deadline = Date.now() + GROUP_MS_MAX;
    for (;;) {
      const { groups } = await this.admin.listGroups();
      if (groups.length === 0) return;
      try {
        await this.admin.deleteGroups(groups.map(({ groupId }) => groupId));
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async lengthOf(topic: string): Promise<number> {
    const partitions = await this.admin.fetchTopicOffsets(topic);
    return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  }

  /** As another system would. */
  async publish(topic: string, key: string, value: string | Uint8Array): Promise<void> {
    const message = { key, value: typeof value === 'string' ? value : Buffer.from(value) };
    await this.client?.producer.send({ topic, acks: -1, messages: [message] });
  }
}
