import type { Liveness } from './liveness';

/** Most answers come within milliseconds: who takes so long is asked whether it lives. */
const SILENT_MS = 1000;

export interface PatienceOptions {
  readonly url: string;
  readonly liveness: Liveness;
  /** Whether somebody else could be asked instead; once `false`, never `true` again. */
  readonly mayLeave: () => boolean;
  /** By `performance.now()`. Absent: as long as it takes. */
  readonly deadline?: number | undefined;
}

/** How long one replica is waited for: its signal aborts when that makes no sense any more. */
export class Patience {
  private readonly leaving = new AbortController();
  private readonly end: NodeJS.Timeout | undefined;
  private look: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(private readonly options: PatienceOptions) {
    const { deadline } = options;
    if (deadline !== undefined) {
      const leftMs = Math.max(0, Math.ceil(deadline - performance.now()));
      this.end = setTimeout(() => this.leave('no answer in time'), leftMs);
    }
    this.lookLater();
  }

  /** `undefined`: it ends with the answer only. */
  get signal(): AbortSignal | undefined {
    return this.end === undefined && this.look === undefined ? undefined : this.leaving.signal;
  }

  over(): void {
    this.isOver = true;
    clearTimeout(this.end);
    clearTimeout(this.look);
  }

  private lookLater(): void {
    if (this.isOver || !this.options.mayLeave()) return;
    this.look = setTimeout(() => void this.lookNow(), SILENT_MS);
  }

  private async lookNow(): Promise<void> {
    const { url, liveness, mayLeave } = this.options;
    if (!mayLeave()) return;
    if (await liveness.of(url)) this.lookLater();
    // Meanwhile an upload may have begun, which cannot go anywhere else.
    else if (mayLeave()) this.leave('no sign of life');
  }

  private leave(reason: string): void {
    if (!this.isOver) this.leaving.abort(new Error(reason));
  }
}
