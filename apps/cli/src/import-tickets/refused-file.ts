import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { CommandFailure, messageOf } from '../failure';
import type { Origin } from './formats/ticket-format';

export interface Refused {
  readonly transactionId?: string;
  readonly reason: string;
  readonly detail: string;
  readonly origin: Origin;
}

/** The error file: one refused ticket a line, as JSON, with everything needed to correct it. */
export class RefusedFile {
  private readonly handle: number;
  private count = 0;

  /** Begins the file anew. `keepEmpty`: it stays when nothing was refused. */
  constructor(
    readonly path: string,
    private readonly keepEmpty: boolean,
  ) {
    try {
      this.handle = openSync(path, 'w');
    } catch (error) {
      const reason = error instanceof Error ? error.message : messageOf(error);
      throw new CommandFailure(`cannot write the error file (--errors): ${reason}`);
    }
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add({ transactionId, reason, detail, origin: { lines, text } }: Refused): void {
    this.count += 1;
    writeSync(this.handle, `${JSON.stringify({ lines, transactionId, reason, detail, text })}\n`);
  }

  close(): void {
    closeSync(this.handle);
    if (this.isEmpty && !this.keepEmpty) rmSync(this.path, { force: true });
  }
}
