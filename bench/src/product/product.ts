import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, ServerProcess } from '../server-process';

const ROOT = join(__dirname, '../../..');
const KEY = 'bench-admin-key';
const ATTEMPTS_MAX = 20;
/** As `npm start` has it; services that are processes of their own run without. */
const NODE_OPTIONS = ['--max-semi-space-size=128'];

export interface ProductOptions {
  /** Replicas of each service, on servers of their own; absent: all in one process. */
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly profileDir?: string | undefined;
}

/** Fidelis as `npm start` or `npm run start:distributed` runs it, on a fresh data folder on disk. */
export class Product {
  readonly apiKey = KEY;

  private constructor(
    readonly url: string,
    readonly dataDir: string,
    private readonly server: ServerProcess,
  ) {}

  static async start(options: ProductOptions = {}): Promise<Product> {
    const { replicas, profileDir } = options;
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const dataDir = mkdtempSync(join(ROOT, 'tmp-bench-'));
    const profile = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
    const server = await ServerProcess.start({
      script: join(
        ROOT,
        'apps',
        replicas === undefined ? 'standalone' : 'distributed',
        'dist/main.js',
      ),
      env: {
        FIDELIS_PORT: String(port),
        FIDELIS_DATA_DIR: dataDir,
        FIDELIS_ADMIN_KEY: KEY,
        FIDELIS_LOG_LEVEL: 'error',
        ...(replicas !== undefined && { FIDELIS_REPLICAS: String(replicas) }),
        ...options.env,
      },
      readySeconds: replicas === undefined ? 15 : 240,
      readyUrl: `${url}/health/ready`,
      execArgv: [...NODE_OPTIONS, ...profile],
    });
    return new Product(url, dataDir, server);
  }

  get memoryMiB(): number {
    return this.server.memoryMiB;
  }

  /** Asked again, as any client would, while it says that it is busy. */
  async post(path: string, body: unknown, contentType = 'application/json'): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.postOnce(path, body, contentType);
      if (answer.ok) return answer;
      const text = await answer.text();
      if (answer.status !== 503 || attempt === ATTEMPTS_MAX) {
        throw new Error(`${path}: ${answer.status} ${text}`);
      }
      await sleep(500);
    }
  }

  private postOnce(path: string, body: unknown, contentType: string): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${KEY}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Waits until views and consumers have taken in everything, so that no run pays for another. */
  async settle(): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const answer = await fetch(`${this.url}/v1/reconciliation/integrity`, {
        headers: { authorization: `Bearer ${KEY}` },
      });
      const body = (await answer.json()) as { ok?: boolean };
      if (answer.ok && body.ok === true) return;
      if (answer.ok) throw new Error(`integrity: ${JSON.stringify(body)}`);
    }
    throw new Error('the views did not catch up');
  }

  /** Stops the server; the data folder stays for offline work. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
