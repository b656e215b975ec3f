import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { freePort } from './free-port';
import { kafkaJarsFolder, prepareKafka } from './kafka-jars';
import { KafkaSecurity, type KafkaUser, type SecuredKafka } from './kafka-security';
import { LeashedProcess } from './leashed-process';

const run = promisify(execFile);

export interface StartKafka {
  /** All of its data lies here; the same folder again is the same broker. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Listeners beside the plain one, with TLS and with a login as this user. */
  readonly securedFor?: KafkaUser;
}

export interface RunningKafka {
  /** `kafka://127.0.0.1:<port>` */
  readonly url: string;
  readonly secured: SecuredKafka | undefined;
  readonly pid: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port, after `stop` or `kill`. */
  restart(): Promise<void>;
}

const READY_MS_MAX = 60_000;
const READY_POLL_MS = 100;
const HEAP = '-Xmx512m';

/** A real Apache Kafka in one process (KRaft), on the loopback interface only, without Docker. */
export async function startKafka(options: StartKafka): Promise<RunningKafka> {
  const { folder, port, securedFor } = options;
  await prepareKafka();
  mkdirSync(folder, { recursive: true });
  const security =
    securedFor &&
    new KafkaSecurity(folder, securedFor, {
      login: await freePort(),
      tls: await freePort(),
      tlsLogin: await freePort(),
    });
  await security?.prepare();
  const ports = { own: port ?? (await freePort()), controller: await freePort() };
  const broker = new Broker(folder, ports, security);
  await broker.restart();
  return broker;
}

class Broker implements RunningKafka {
  private process: LeashedProcess | undefined;

  constructor(
    private readonly folder: string,
    private readonly ports: { readonly own: number; readonly controller: number },
    private readonly security: KafkaSecurity | undefined,
  ) {}

  get url(): string {
    return `kafka://127.0.0.1:${this.ports.own}`;
  }

  get secured(): SecuredKafka | undefined {
    return this.security?.urls;
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  async restart(): Promise<void> {
    const settings = join(this.folder, 'server.properties');
    const data = join(this.folder, 'data');
    writeFileSync(settings, this.settings(data));
    if (!existsSync(join(data, 'meta.properties')))
      await format(settings, this.security?.formatOptions);
    this.process = await LeashedProcess.start({
      command: [...java('-XX:+UseSerialGC', HEAP), 'kafka.Kafka', settings],
      log: join(this.folder, 'kafka.log'),
    });
    await this.ready(this.process);
  }

  async stop(): Promise<void> {
    await this.process?.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.process?.end('SIGKILL');
  }

  private async ready(started: LeashedProcess): Promise<void> {
    const deadline = Date.now() + READY_MS_MAX;
    while (!(await this.answers())) {
      if (started.isRunning && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
        continue;
      }
      await this.kill();
      throw new Error(`Kafka does not start: see ${join(this.folder, 'kafka.log')}`);
    }
  }

  private async answers(): Promise<boolean> {
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${this.ports.own}`],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1_000,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.listTopics();
      return true;
    } catch {
      return false;
    } finally {
      await admin.disconnect();
    }
  }

  private settings(data: string): string {
    const controller = `127.0.0.1:${this.ports.controller}`;
    const { listeners = [], protocols = [], settings = {} } = this.security ?? {};
    const open = [`PLAINTEXT://127.0.0.1:${this.ports.own}`, ...listeners];
    return Object.entries({
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@${controller}`,
      listeners: [...open, `CONTROLLER://${controller}`].join(),
      'advertised.listeners': open.join(),
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': [
        'PLAINTEXT:PLAINTEXT',
        'CONTROLLER:PLAINTEXT',
        ...protocols,
      ].join(),
      'log.dirs': data,
      ...settings,
      ...SINGLE_BROKER,
    })
      .map((setting) => setting.join('='))
      .join('\n');
  }
}

const SINGLE_BROKER = {
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'auto.create.topics.enable': 'false',
  // A broker that was killed may come back at once, under the same id.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
};

async function format(settings: string, more: readonly string[] = []): Promise<void> {
  const [program, ...options] = java();
  // Never with a `-` in front: the tool would take it for an option, once in 64 times.
  const clusterId = Buffer.concat([Buffer.of(0), randomBytes(15)]).toString('base64url');
  const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings];
  await run(program, [...options, ...tool, '--ignore-formatted', ...more]);
}

function java(...options: readonly string[]): [string, ...string[]] {
  return ['java', ...options, '-cp', join(kafkaJarsFolder(), '*')];
}
