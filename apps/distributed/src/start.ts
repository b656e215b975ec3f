import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Settings } from '@fidelis/config';
import { CONTROLLED_SERVICES, type ServiceName } from '@fidelis/contracts';
import { DataFolderLock } from '@fidelis/event-store-sqlite';
import { createLogger, type Logger } from '@fidelis/observability';
import { installationSecrets } from './installation-secrets';
import { ProcessesFile } from './processes-file';
import { createPublicTopics } from './public-topics';
import { keepRunning, openServers, type OwnServer, type Servers } from './servers';
import { ServiceProcess } from './service-process';

export interface RunningInstallation {
  /** Of each replica of the gateway. */
  readonly urls: readonly string[];
  readonly newAdminKey: string | undefined;
  stop(): Promise<void>;
}

/** On a busy machine; on a quiet one it takes a tenth of that. */
const READY_MS_MAX = 240_000;

/**
 * Starts the servers, then every service, and answers when all of them take requests. `signal`
 * ends what has begun, and rejects.
 */
export async function startInstallation(
  settings: Settings,
  signal: AbortSignal,
): Promise<RunningInstallation> {
  mkdirSync(settings.dataDir, { recursive: true });
  const logger = createLogger(settings.logLevel);
  const lock = DataFolderLock.acquire(settings.dataDir);
  const servers = await openServers(settings);
  const installation = new Installation(settings, servers, logger);
  signal.addEventListener('abort', () => void installation.stop(), { once: true });
  try {
    signal.throwIfAborted();
    await installation.start();
  } catch (error) {
    await installation.stop();
    lock.release();
    throw error;
  }
  return {
    urls: installation.gatewayUrls,
    newAdminKey: installation.newAdminKey,
    stop: async () => {
      await installation.stop();
      lock.release();
    },
  };
}

class Installation {
  newAdminKey: string | undefined;
  private services: readonly ServiceProcess[] = [];
  private stopping: Promise<void> | undefined;
  private readonly releases: (() => Promise<void>)[];
  private readonly file: ProcessesFile;

  constructor(
    private readonly settings: Settings,
    private readonly servers: Servers,
    private readonly logger: Logger,
  ) {
    this.file = new ProcessesFile(settings.dataDir, () => [...servers.own, ...this.services]);
    this.releases = servers.own.map((server) =>
      keepRunning(server, (what) => this.changed(server.name, what)),
    );
  }

  get gatewayUrls(): readonly string[] {
    return this.services.filter(({ name }) => name.startsWith('gateway.')).map(({ url }) => url);
  }

  async start(): Promise<void> {
    const { settings, servers } = this;
    await createPublicTopics({
      ...settings,
      messageBusUrl: servers.environment['MESSAGE_BUS_URL'] ?? settings.messageBusUrl,
    });
    const secrets = installationSecrets(settings.dataDir, settings);
    this.newAdminKey = secrets.newAdminKey;
    this.services = await this.describeServices(secrets.environment);
    // Who ended this meanwhile did not know of these yet.
    if (this.stopping !== undefined) throw new Error('the start was ended');
    const deadline = performance.now() + READY_MS_MAX;
    // A few at a time: each works for a second or two before it is ready.
    const waiting = [...this.services];
    const startSome = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        next.start();
        await next.ready(deadline);
      }
    };
    await Promise.all(Array.from({ length: 2 * availableParallelism() }, startSome));
    // Every gateway has taken it in; it is shown in a moment.
    secrets.forgetAdminKey();
  }

  /** Whoever asks, it is done once. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  /** The door first, so that nobody comes in any more; the servers last. */
  private async stopAll(): Promise<void> {
    const isGateway = ({ name }: ServiceProcess): boolean => name.startsWith('gateway.');
    await Promise.all(this.services.filter(isGateway).map((service) => service.stop()));
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all(this.releases.map((release) => release()));
    await Promise.all(this.servers.own.map((server: OwnServer) => server.stop()));
  }

  private async describeServices(
    secrets: Readonly<Record<string, string>>,
  ): Promise<readonly ServiceProcess[]> {
    const { replicas, port } = this.settings;
    const ports = await freePorts(replicas * (CONTROLLED_SERVICES.length + 1));
    const nextPort = (): number => ports.pop() ?? 0;
    const placed = CONTROLLED_SERVICES.map((service) => ({
      service,
      ports: Array.from({ length: replicas }, nextPort),
    }));
    const environment = {
      ...process.env,
      ...this.servers.environment,
      ...secrets,
      FIDELIS_HOST: '127.0.0.1',
      ...Object.fromEntries(
        placed.map((one) => [urlVariableOf(one.service), one.ports.map(localUrl).join()]),
      ),
    };
    const gatewayPorts = Array.from({ length: replicas }, nextPort);
    if (port !== 0) gatewayPorts[0] = port;
    const adminKey = this.newAdminKey === undefined ? {} : { FIDELIS_ADMIN_KEY: this.newAdminKey };
    const gatewayEnvironment = { ...environment, FIDELIS_HOST: this.settings.host, ...adminKey };
    return [
      ...placed.flatMap((one) => this.replicasOf(one.service, one.ports, environment)),
      ...this.replicasOf('gateway', gatewayPorts, gatewayEnvironment),
    ];
  }

  private replicasOf(
    service: ServiceName,
    ports: readonly number[],
    environment: NodeJS.ProcessEnv,
  ): readonly ServiceProcess[] {
    return ports.map((port, index) => {
      const name = `${service}.${index + 1}`;
      return new ServiceProcess({
        ...{ name, port, environment },
        main: require.resolve(`../../${service}/dist/main.js`),
        onLine: (line) => {
          this.logger.info({ process: name }, line);
        },
        onChange: (what) => this.changed(name, what),
        onHopeless: () => process.kill(process.pid, 'SIGTERM'),
      });
    });
  }

  private changed(name: string, what: string): void {
    if (what !== 'started') this.logger.warn({ process: name }, what);
    this.file.write();
  }
}

const localUrl = (port: number): string => `http://127.0.0.1:${port}`;

const urlVariableOf = (service: ServiceName): string =>
  `FIDELIS_${service.toUpperCase().replace('-', '_')}_URL`;

/** All at once, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
