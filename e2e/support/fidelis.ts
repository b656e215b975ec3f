import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client';

/**
 * How the services run: in one process (calling each other directly or over HTTP), or each in two
 * processes of its own, on Kafka, PostgreSQL and the event store's test server.
 */
export type Mode = 'direct' | 'http' | 'distributed';

export const MODES: readonly Mode[] = ['direct', 'http', 'distributed'];

const LEASH = join(__dirname, '../../tools/leash.cjs');

const mainOf = (mode: Mode): string =>
  join(
    __dirname,
    '../../apps',
    mode === 'distributed' ? 'distributed' : 'standalone',
    'dist/main.js',
  );

const environmentOf = (mode: Mode): Readonly<Record<string, string>> =>
  mode === 'distributed' ? { FIDELIS_REPLICAS: '2' } : { FIDELIS_SERVICE_CALLS: mode };

/** Fifteen processes and three servers on two cores take a while. */
const readyMsMaxOf = (mode: Mode): number => (mode === 'distributed' ? 240_000 : 20_000);

/** For `beforeAll` and `afterAll` of suites that run in every mode. */
export const START_MS_MAX = 300_000;

export interface StartOptions {
  /** Default: `direct`. */
  readonly mode?: Mode;
  /** Default: a fresh folder, removed by `dispose`. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
}

/** Fidelis as `npm start` or `npm run start:distributed` runs it, in processes of its own. */
export class Fidelis {
  readonly adminKey = 'test-admin-key';
  readonly dataDir: string;
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly options: StartOptions,
    readonly port: number,
  ) {
    this.dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'fidelis-e2e-'));
  }

  /** Starts it and waits until it is ready. */
  static async start(options: StartOptions = {}): Promise<Fidelis> {
    const fidelis = new Fidelis(options, options.port ?? (await freePort()));
    try {
      await fidelis.begin();
    } catch (error) {
      // The caller has nothing yet that it could dispose of.
      await fidelis.kill9();
      throw error;
    }
    return fidelis;
  }

  get mode(): Mode {
    return this.options.mode ?? 'direct';
  }

  /** Of a distributed one: what runs now, by name (`accounts.1`, `kafka`). */
  processes(): ReadonlyMap<string, RunningProcess> {
    const file = join(this.dataDir, 'processes.json');
    const listed = JSON.parse(readFileSync(file, 'utf8')) as readonly RunningProcess[];
    return new Map(listed.map((one) => [one.name, one]));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** As the admin; `client(key)` as somebody else. */
  client(apiKey: string | undefined = this.adminKey): Client {
    return new Client(this.url, apiKey);
  }

  /** What it printed on both of its outputs. */
  get log(): string {
    return this.output;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && !this.child.killed;
  }

  /** Of a process that ended by itself. */
  get exitCode(): number | null {
    return this.child?.exitCode ?? null;
  }

  async begin(): Promise<void> {
    const child = spawn(process.execPath, ['--require', LEASH, mainOf(this.mode)], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ...environmentOf(this.mode),
        FIDELIS_PORT: String(this.port),
        FIDELIS_DATA_DIR: this.dataDir,
        FIDELIS_ADMIN_KEY: this.adminKey,
        ...this.options.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    const listen = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    letGo(child);
    await this.ready();
  }

  /** The process is gone at this very instant, whatever it was doing. */
  kill9(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** As Ctrl-C does it. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.begin();
  }

  async dispose(): Promise<void> {
    await this.stop();
    if (this.options.dataDir === undefined) {
      rmSync(this.dataDir, { recursive: true, force: true });
    }
  }

  private async end(signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  private async ready(): Promise<void> {
    const msMax = readyMsMaxOf(this.mode);
    const giveUpAt = Date.now() + msMax;
    while (Date.now() < giveUpAt) {
      if (this.child?.exitCode !== null) throw new Error(`Fidelis ended:\n${this.output}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(25);
    }
    throw new Error(`Fidelis was not ready within ${msMax} ms:\n${this.output}`);
  }
}

/** A suite that forgets its server still ends, and the leash then ends the server. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
