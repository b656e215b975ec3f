import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { startKafka, type RunningKafka } from './kafka';

describe('a Kafka that a test starts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-kafka-'));
  let broker: RunningKafka | undefined;

  afterAll(async () => {
    await broker?.stop();
    rmSync(folder, { recursive: true });
  });

  it('keeps what it acknowledged when it is killed, and has it in the same folder again', async () => {
    broker = await startKafka({ folder });
    const kafka = new Kafka({
      brokers: [broker.url.slice('kafka://'.length)],
      logLevel: logLevel.NOTHING,
      retry: { retries: 10, maxRetryTime: 1_000 },
    });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'letters', numPartitions: 1 }] });
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: 'letters', acks: -1, messages: [{ value: 'a' }, { value: 'b' }] });
    await producer.disconnect();
    const killed = broker.pid;
    await broker.kill();
    expect(isAlive(killed)).toBe(false);
    await broker.restart();

    expect(broker.pid).not.toBe(killed);
    expect(await admin.fetchTopicOffsets('letters')).toMatchObject([{ partition: 0, offset: '2' }]);
    await admin.disconnect();
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
