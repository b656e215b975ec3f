import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/**
 * The program takes the shell's place. Whoever waits for the end of the pipe from here, which comes
 * however this process ends, kills it.
 */
const LEASH = `
exec 3<&0
(cat <&3; kill -9 $$) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

export interface LeashedProgram {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Its output is added to this file. */
  readonly log: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A program that ends with this process, however this one ends. */
export class LeashedProcess {
  private constructor(
    private readonly program: ChildProcess,
    /** Resolves when the program has ended. */
    readonly ended: Promise<void>,
  ) {}

  static async start({ command, log, environment, cwd }: LeashedProgram): Promise<LeashedProcess> {
    const file = openSync(log, 'a');
    const program = spawn('sh', ['-c', LEASH, 'leash', ...command], {
      stdio: ['pipe', file, file],
      env: environment ?? process.env,
      ...(cwd !== undefined && { cwd }),
    });
    closeSync(file);
    await once(program, 'spawn');
    program.stdin?.on('error', () => undefined);
    const ended = once(program, 'exit').then(() => {
      program.stdin?.destroy();
    });
    return new LeashedProcess(program, ended);
  }

  get pid(): number {
    return this.program.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.program.exitCode === null && this.program.signalCode === null;
  }

  /** Sends the signal and waits until the program has ended. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> {
    this.program.kill(signal);
    await this.ended;
  }
}
