import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port';
import { LeashedProcess } from './leashed-process';
import { postgresAccount, type PostgresAccount } from './postgres-account';
import { findPostgres } from './postgres-programs';

export { preparePostgres } from './postgres-programs';

export interface PostgresOptions {
  /** For its data, its log and its password; what is there already is used again. */
  readonly folder: string;
  /** Of the loopback; a free one if absent. */
  readonly port?: number;
}

export interface RunningPostgres {
  /** `postgres://…`, the same after a restart. */
  readonly url: string;
  /** Of the server's first process. */
  readonly pid: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** `kill -9`: it recovers from its log at the next start. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port, after `stop` or `kill`. */
  restart(): Promise<void>;
}

const USER = 'fidelis';
const DATABASE = 'postgres';
const START_MS_MAX = 30_000;
const run = promisify(execFile);

/** Starts a PostgreSQL server of its own for tests and development; it ends with this process. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('PostgreSQL is not installed: run preparePostgres()');
  const server = new PostgresServer({
    programs,
    folder: resolve(options.folder),
    port: options.port ?? (await freePort()),
  });
  await server.restart();
  return server;
}

interface ServerPlace {
  readonly programs: string;
  readonly folder: string;
  readonly port: number;
}

class PostgresServer implements RunningPostgres {
  private readonly account: PostgresAccount;
  private readonly data: string;
  private running: LeashedProcess | undefined;

  constructor(private readonly place: ServerPlace) {
    mkdirSync(place.folder, { recursive: true });
    this.data = join(place.folder, 'data');
    this.account = postgresAccount(this.data);
  }

  get url(): string {
    return `postgres://${USER}:${this.password()}@127.0.0.1:${this.place.port}/${DATABASE}`;
  }

  get pid(): number {
    if (this.running === undefined) throw new Error('PostgreSQL does not run');
    return this.running.pid;
  }

  async stop(): Promise<void> {
    await this.end('SIGINT');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    if (this.running !== undefined) throw new Error('PostgreSQL runs already');
    if (!existsSync(join(this.data, 'PG_VERSION'))) await this.initialise();
    const deadline = performance.now() + START_MS_MAX;
    // Processes of a killed server hold its memory for a moment longer.
    while (!(await this.startOnce(deadline))) {
      if (performance.now() > deadline) {
        throw new Error(`PostgreSQL does not start: see ${this.logFile}`);
      }
      await sleep(100);
    }
  }

  private get logFile(): string {
    return join(this.place.folder, 'postgres.log');
  }

  private password(): string {
    return readFileSync(join(this.place.folder, 'password'), 'utf8').trim();
  }

  private async initialise(): Promise<void> {
    const { folder, programs } = this.place;
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
    this.account.own(passwordFile);
    rmSync(this.data, { recursive: true, force: true });
    mkdirSync(this.data);
    chmodSync(this.data, 0o700);
    this.account.own(this.data);
    const [program = '', ...args] = this.command(join(programs, 'initdb'), [
      ...['--pgdata', this.data, '--username', USER, '--pwfile', passwordFile],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'],
      // Nothing in it is worth anything yet, so it need not wait for the disk.
      '--no-sync',
    ]);
    await run(program, args, { cwd: '/' });
  }

  /** `false` when it ended at once. */
  private async startOnce(deadline: number): Promise<boolean> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.place.port,
      unix_socket_directories: '',
      max_connections: 400,
      shared_buffers: '64MB',
      fsync: 'on',
      // Nobody replicates from it.
      wal_level: 'minimal',
      max_wal_senders: 0,
    };
    const started = await LeashedProcess.start({
      command: this.command(join(this.place.programs, 'postgres'), [
        ...['-D', this.data],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ]),
      log: this.logFile,
    });
    while (!(await this.answers())) {
      if (!started.isRunning) return false;
      if (performance.now() > deadline) {
        await started.end('SIGKILL');
        return false;
      }
      await sleep(50);
    }
    this.running = started;
    return true;
  }

  private async answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.end(signal);
  }

  private command(program: string, args: readonly string[]): readonly string[] {
    return [...this.account.prefix, program, ...args];
  }
}
