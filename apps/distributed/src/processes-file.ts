import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessEntry {
  /** `accounts.1`, `kafka`. */
  readonly name: string;
  readonly pid: number | undefined;
  readonly url: string;
}

/** `processes.json` in the data folder: what runs, for whoever looks for a process. */
export class ProcessesFile {
  private readonly file: string;

  constructor(
    dataDir: string,
    private readonly list: () => readonly ProcessEntry[],
  ) {
    this.file = join(dataDir, 'processes.json');
  }

  /** Whole or not at all, whenever somebody reads it. */
  write(): void {
    const partial = `${this.file}.partial`;
    const entries = this.list().map(({ name, pid, url }) => ({ name, pid, url: bare(url) }));
    writeFileSync(partial, `${JSON.stringify(entries, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(partial, this.file);
  }
}

/** Without the password that it may hold. */
const bare = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');
