import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/**
 * The program takes the shell's place. Whoever waits for the end of the pipe from here, which comes
 * however this process ends, sends it a signal.
 */
const LEASH = `
exec 3<&0
signal=$1; shift
(cat <&3; kill -s "$signal" $$) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

export interface LeashedProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Its output is added to this file. */
  readonly logFile: string;
  /** What it gets when this process has ended. Default: KILL. */
  readonly signalAtEnd?: 'KILL' | 'QUIT' | 'TERM';
  readonly cwd?: string;
}

export interface LeashedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when the program has ended. */
  readonly ended: Promise<void>;
}

/** Starts a program that ends with this process, however this one ends. */
export function startLeashed(options: LeashedProcessOptions): LeashedProcess {
  const { command, logFile, signalAtEnd = 'KILL', cwd } = options;
  const log = openSync(logFile, 'a');
  const child = spawn('sh', ['-c', LEASH, 'leash', signalAtEnd, ...command], {
    stdio: ['pipe', log, log],
    ...(cwd !== undefined && { cwd }),
  });
  closeSync(log);
  child.stdin?.on('error', () => undefined);
  const ended = once(child, 'exit').then(() => {
    child.stdin?.destroy();
  });
  return { child, pid: child.pid ?? 0, ended };
}
