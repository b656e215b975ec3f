import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicMessageContracts } from '@fidelis/contracts';
import { startKafka, type RunningKafka } from '@fidelis/infra';
import { Kafka, logLevel } from 'kafkajs';

const MAIN = join(__dirname, '../src/create-topics.main.ts');
const HOOK = join(__dirname, '../../../tools/ts-require.cjs');

interface Ended {
  readonly code: number;
  readonly output: string;
}

function createTopics(environment: Readonly<Record<string, string>>): Promise<Ended> {
  const { PATH } = process.env;
  return new Promise((resolve) => {
    const options = { env: { ...(PATH !== undefined && { PATH }), ...environment } };
    const args = ['--require', HOOK, '--conditions', '@fidelis/source', MAIN];
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

describe('the step that creates the topics', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-topics-'));
  let broker: RunningKafka | undefined;

  afterAll(async () => {
    await broker?.stop();
    rmSync(folder, { recursive: true });
  });

  it('refuses to run without brokers', async () => {
    const { code, output } = await createTopics({});

    expect(code).toBe(78);
    expect(output).toContain('MESSAGE_BUS_URL must name the brokers');
  });

  it('creates every public topic and its dead letters, and nothing when it runs again', async () => {
    broker = await startKafka({ folder, securedFor: { username: 'fidelis', password: 'sesame' } });
    const environment = { MESSAGE_BUS_URL: broker.url, FIDELIS_TOPIC_PARTITIONS: '3' };
    const first = await createTopics(environment);
    const again = await createTopics(environment);

    expect(first).toMatchObject({ code: 0 });
    expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/^0 topics created/) });
    const brokers = [broker.url.slice('kafka://'.length)];
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata();
    await admin.disconnect();
    const partitionsOf = new Map(topics.map((one) => [one.name, one.partitions.length]));
    for (const { topic } of publicMessageContracts) expect(partitionsOf.get(topic)).toBe(3);
    expect(partitionsOf.get('loyalty.pos.transactions.v1')).toBe(3);
    expect(partitionsOf.get('loyalty.pos.transactions.dlq.v1')).toBe(1);
  });

  it('comes over TLS and logs in, as the environment says', async () => {
    if (broker?.secured === undefined) throw new Error('the broker has no secured listeners');
    const { tlsLoginUrl, certificateFile } = broker.secured;
    const environment = {
      MESSAGE_BUS_URL: tlsLoginUrl,
      KAFKA_TLS: '1',
      KAFKA_TLS_CA_FILE: certificateFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'fidelis',
    };
    const right = await createTopics({ ...environment, KAFKA_SASL_PASSWORD: 'sesame' });
    expect(right).toMatchObject({ code: 0, output: expect.stringMatching(/^0 topics created/) });
    const wrong = await createTopics({ ...environment, KAFKA_SASL_PASSWORD: 'guessed' });
    expect(wrong).toMatchObject({ code: 1, output: expect.stringMatching(/authentication/i) });
    expect(wrong.output).not.toContain('guessed');
    const half = await createTopics(environment);
    expect(half).toMatchObject({ code: 78, output: expect.stringMatching(/must be set together/) });
  });
});
