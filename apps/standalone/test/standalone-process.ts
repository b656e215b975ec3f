import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '../dist/main.js');
/** Ends it with this test, however the test ends. */
const LEASH = join(__dirname, '../../../tools/leash.cjs');

export const ADMIN_KEY = 'the-admin-key';

/** `npm start` in a process and a folder of its own, on a free port. */
export class StandaloneProcess {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(
    readonly dataDir: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.child = spawn(process.execPath, ['--require', LEASH, MAIN], {
      env: {
        PATH: process.env.PATH,
        FIDELIS_PORT: '0',
        FIDELIS_DATA_DIR: dataDir,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const listen = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.child.stdout?.on('data', listen);
    this.child.stderr?.on('data', listen);
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Its address, as soon as it says that it is ready. */
  async ready(): Promise<string> {
    while (this.isAlive) {
      const url = /ready at (\S+)/.exec(this.output)?.[1];
      if (url !== undefined) return url;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`it ended before it was ready:\n${this.output}`);
  }

  exit(): Promise<number | null> {
    return this.ended;
  }

  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fidelis-standalone-'));
export const dropFolder = (folder: string): void => rmSync(folder, { recursive: true });
