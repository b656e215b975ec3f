import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ServerProcess } from '../server-process';

const ROOT = join(__dirname, '../../..');
const KEY = 'bench-admin-key';

/** Fidelis as `npm start` runs it, on a fresh data folder on disk. */
export class Product {
  readonly apiKey = KEY;

  private constructor(
    readonly url: string,
    readonly dataDir: string,
    private readonly server: ServerProcess,
  ) {}

  static async start(profileDir?: string): Promise<Product> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const dataDir = mkdtempSync(join(ROOT, 'tmp-bench-'));
    const profile = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
    const server = await ServerProcess.start({
      script: join(ROOT, 'apps/standalone/dist/main.js'),
      env: {
        FIDELIS_PORT: String(port),
        FIDELIS_DATA_DIR: dataDir,
        FIDELIS_ADMIN_KEY: KEY,
        FIDELIS_LOG_LEVEL: 'error',
      },
      readyUrl: `${url}/health/ready`,
      execArgv: profile,
    });
    return new Product(url, dataDir, server);
  }

  get memoryMiB(): number {
    return this.server.memoryMiB;
  }

  async post(path: string, body: unknown, contentType = 'application/json'): Promise<Response> {
    const answer = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${KEY}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Stops the server; the data folder stays for offline work. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
