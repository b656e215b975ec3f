import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port';
import { LeashedProcess } from './leashed-process';

export interface StartEventStoreServer {
  /** Its log lies here; the same folder again is the same store. */
  readonly folder: string;
  /** Of the loopback; a free one if absent. */
  readonly port?: number;
}

export interface RunningEventStoreServer {
  /** `esdb://127.0.0.1:<port>?tls=false`, the same after a restart. */
  readonly url: string;
  readonly pid: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port, after `stop` or `kill`. */
  restart(): Promise<void>;
  /** Takes nothing and answers nothing for so long; connections stay open. */
  silentFor(ms: number): Promise<void>;
  /** Every answer comes so much later; 0 ends it. */
  slowBy(ms: number): Promise<void>;
  /** The next append takes effect, but its caller never learns of it. */
  loseNextAnswer(): Promise<void>;
  dropSubscriptions(): Promise<void>;
  /** Another port leads from now on; open calls break off. */
  changeLeader(): Promise<void>;
}

const READY_MS_MAX = 30_000;
const READY_POLL_MS = 50;
const MAIN = resolve(__dirname, '../../event-store/test-server/dist/main.js');

/** The project's EventStoreDB test server in a process of its own, with faults on demand. */
export async function startEventStoreServer(
  options: StartEventStoreServer,
): Promise<RunningEventStoreServer> {
  if (!existsSync(MAIN)) throw new Error('the test server is not built: run npm run build');
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const port = options.port ?? (await freePort());
  const server = new EventStoreServer({ folder, port, controlPort: await freePort() });
  await server.restart();
  return server;
}

interface ServerPlace {
  readonly folder: string;
  readonly port: number;
  readonly controlPort: number;
}

class EventStoreServer implements RunningEventStoreServer {
  private process: LeashedProcess | undefined;

  constructor(private readonly place: ServerPlace) {}

  get url(): string {
    return `esdb://127.0.0.1:${this.place.port}?tls=false`;
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  async restart(): Promise<void> {
    const { folder, port, controlPort } = this.place;
    this.process = await LeashedProcess.start({
      command: [
        ...[process.execPath, MAIN, '--dir', folder],
        ...['--port', String(port), '--control-port', String(controlPort)],
      ],
      log: this.logFile,
    });
    await this.ready(this.process);
  }

  async stop(): Promise<void> {
    await this.process?.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.process?.end('SIGKILL');
  }

  silentFor(ms: number): Promise<void> {
    return this.order(`silent?ms=${ms}`);
  }

  slowBy(ms: number): Promise<void> {
    return this.order(`slow?ms=${ms}`);
  }

  loseNextAnswer(): Promise<void> {
    return this.order('lose-answer');
  }

  dropSubscriptions(): Promise<void> {
    return this.order('drop-subscriptions');
  }

  changeLeader(): Promise<void> {
    return this.order('change-leader');
  }

  private get logFile(): string {
    return join(this.place.folder, 'server.log');
  }

  private async ready(started: LeashedProcess): Promise<void> {
    const deadline = Date.now() + READY_MS_MAX;
    while (!(await this.answers())) {
      if (!started.isRunning || Date.now() > deadline) {
        await this.kill();
        throw new Error(`the event store server does not start: see ${this.logFile}`);
      }
      await sleep(READY_POLL_MS);
    }
  }

  private async answers(): Promise<boolean> {
    return fetch(this.controlUrl('ready')).then(
      () => true,
      () => false,
    );
  }

  private async order(fault: string): Promise<void> {
    const response = await fetch(this.controlUrl(fault), { method: 'POST' });
    if (!response.ok) throw new Error(`the event store server does not know ${fault}`);
  }

  private controlUrl(path: string): string {
    return `http://127.0.0.1:${this.place.controlPort}/${path}`;
  }
}
