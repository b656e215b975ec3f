import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Fidelis } from './fidelis';

const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'bin/fidelis.mjs');

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** Of standard output, which progress does not disturb. */
  readonly lastLine: string;
}

/** `npx --no-install fidelis …`, as a process of its own, in `cwd`. */
export function runCommand(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
      resolve({ code, output: `${output}${errors}`, lastLine });
    });
  });
  return { child, ended };
}

/** Sends a file of tickets to this server. */
export function startImport(
  fidelis: Fidelis,
  args: readonly string[],
  cwd: string,
): ReturnType<typeof runCommand> {
  return runCommand(['import-tickets', ...args], {
    cwd,
    env: { FIDELIS_URL: fidelis.url, FIDELIS_API_KEY: fidelis.adminKey },
  });
}
