import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerOptions {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 2xx when the server is ready. */
  readonly readyUrl: string;
  readonly execArgv?: readonly string[];
  /** Default: 15 s. */
  readonly readySeconds?: number;
}

/** A server under test as a child process. */
export class ServerProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(options: ServerOptions): Promise<ServerProcess> {
    const child = fork(options.script, {
      env: { ...process.env, ...options.env },
      execArgv: [...(options.execArgv ?? [])],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const server = new ServerProcess(child);
    await server.ready(options.readyUrl, options.readySeconds ?? 15);
    return server;
  }

  /** Resident memory in MiB. */
  get memoryMiB(): number {
    const status = readFileSync(`/proc/${this.child.pid ?? 0}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await ended;
  }

  private async ready(url: string, seconds: number): Promise<void> {
    for (const giveUpAt = Date.now() + seconds * 1000; Date.now() < giveUpAt;) {
      if (this.child.exitCode !== null) throw new Error(`${url}: the server ended`);
      const answer = await fetch(url).catch(() => undefined);
      if (answer !== undefined && answer.status !== 503) return;
      await sleep(50);
    }
    throw new Error(`${url}: not ready within ${seconds} s`);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
