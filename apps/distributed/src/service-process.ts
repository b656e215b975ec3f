import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CONFIGURATION } from '@fidelis/config';

/** It ends with this process, however this one ends. */
const LEASH = join(__dirname, '../../../tools/leash.cjs');

export interface ServiceProcessOptions {
  /** `accounts.1` */
  readonly name: string;
  readonly main: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  /** What it prints to its standard output. */
  readonly onLine: (line: string) => void;
  /** It started, ended or starts again. */
  readonly onChange: (what: string) => void;
  /** It will never run: the reason is on its standard error. */
  readonly onHopeless: () => void;
}

const RESTART_MS_FIRST = 100;
const RESTART_MS_MAX = 5000;
/** A process that lived so long begins with the first pause again. */
const STEADY_MS = 10_000;
const READY_POLL_MS = 50;
const READY_ANSWER_MS = 3000;
/** As long as a request may take to end, and the bus to give back its partitions. */
const STOP_MS_MAX = 20_000;

/** One replica of a service: started again whenever it ends. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private restartMs = RESTART_MS_FIRST;

  constructor(private readonly options: ServiceProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    if (this.stopping) return;
    const { main, environment, onLine, onChange, onHopeless, port } = this.options;
    const startedAt = Date.now();
    const child = spawn(process.execPath, ['--require', LEASH, main], {
      env: { ...environment, FIDELIS_PORT: String(port) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    createInterface(child.stdout).on('line', onLine);
    onChange('started');
    // It could not even be started: too many processes, no memory.
    child.once('error', (error) => onChange(error.message));
    child.once('close', (code, signal) => {
      if (this.stopping) return;
      onChange(`ended (${signal ?? `exit ${String(code)}`})`);
      if (code === EXIT_CONFIGURATION) {
        onHopeless();
        return;
      }
      if (Date.now() - startedAt > STEADY_MS) this.restartMs = RESTART_MS_FIRST;
      setTimeout(() => this.start(), this.restartMs);
      this.restartMs = Math.min(this.restartMs * 2, RESTART_MS_MAX);
    });
  }

  async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health/ready`, {
      signal: AbortSignal.timeout(READY_ANSWER_MS),
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer?.status === 200;
  }

  /** Resolves when it takes requests; rejects at the deadline (of `performance.now()`). */
  async ready(deadline: number): Promise<void> {
    while (!(await this.isReady())) {
      if (this.stopping) throw new Error(`${this.name} was stopped before it was ready`);
      if (performance.now() > deadline) throw new Error(`${this.name} was not ready in time`);
      await sleep(READY_POLL_MS);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
  }
}
