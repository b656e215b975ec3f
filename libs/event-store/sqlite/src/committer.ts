import { Batch } from './batch';
import type { CategoryIndex } from './category-index';
import { CommitLink } from './commit-link';
import type { SqliteSnapshots } from './snapshots';
import type { StreamHeads } from './stream-heads';

export interface CommitterParts {
  readonly file: string;
  readonly index: CategoryIndex;
  readonly heads: StreamHeads;
  readonly snapshots: SqliteSnapshots;
  /** Whether an accepted event waits for its commit. */
  readonly isPending: () => boolean;
  /** The batch is on disk, and the next one may be sent; an empty one was only written behind. */
  readonly onCommitted: (batch: Batch) => void;
  readonly onFailure: (reason: string) => void;
}

/** Rows written behind per commit, besides as many as the commit itself has: keeps commits short. */
const WRITE_BEHIND_ROWS = 64;
/** Rows written behind in one go when the store is idle or closing: about 10 ms. */
const IDLE_ROWS = 2000;
const IDLE_CHECK_MS = 1000;

/**
 * Every transaction of the store, one at a time: the commits, and what may be written later than
 * its event. The disk's work is another thread's; here the next batch gathers meanwhile.
 */
export class Committer {
  private readonly link: CommitLink;
  private readonly idleTimer: NodeJS.Timeout;
  private underWay: Batch | undefined;
  private commitsSinceCheck = 0;
  private onIdle: (() => void) | undefined;

  constructor(private readonly parts: CommitterParts) {
    this.link = new CommitLink(parts.file, (answer) => {
      if (answer.outcome === 'committed') this.committed();
      else this.failed(answer.reason);
    });
    this.idleTimer = setInterval(() => {
      this.checkIdle();
    }, IDLE_CHECK_MS).unref();
  }

  get isBusy(): boolean {
    return this.underWay !== undefined;
  }

  /** Not while another one is under way. Everything accepted is in this batch or durable. */
  commit(batch: Batch): void {
    this.commitsSinceCheck += 1;
    this.send(batch, { rowsMax: batch.eventCount + WRITE_BEHIND_ROWS, force: false });
  }

  /** Blocks until the commit under way is on disk. */
  waitForCommit(): void {
    this.link.waitForAnswer();
  }

  /** Ends the thread. With `flush` nothing is left that a later start would have to replay. */
  async close(flush: boolean): Promise<void> {
    clearInterval(this.idleTimer);
    while (flush && (this.isBusy || this.isBehind)) {
      if (!this.isBusy) this.writeBehind();
      await new Promise<void>((resolve) => {
        this.onIdle = resolve;
      });
    }
    await this.link.close();
  }

  private get isBehind(): boolean {
    return this.parts.heads.isDirty || this.parts.snapshots.isDirty;
  }

  private send(batch: Batch, { rowsMax, force }: { rowsMax: number; force: boolean }): void {
    this.underWay = batch;
    this.parts.heads.writeBehind(batch, rowsMax, force);
    this.parts.snapshots.writeBehind(batch, rowsMax);
    this.link.send(batch.rows);
  }

  private committed(): void {
    const batch = this.underWay;
    if (batch === undefined) return;
    this.underWay = undefined;
    this.parts.heads.written();
    this.parts.snapshots.written();
    this.parts.index.committed(batch);
    this.parts.onCommitted(batch);
    if (batch.eventCount === 0) this.checkIdle();
    this.onIdle?.();
  }

  private failed(reason: string): void {
    this.underWay = undefined;
    clearInterval(this.idleTimer);
    this.parts.onFailure(reason);
    this.onIdle?.();
  }

  private checkIdle(): void {
    const idle = this.commitsSinceCheck === 0 && !this.isBusy && !this.parts.isPending();
    this.commitsSinceCheck = 0;
    if (idle && this.isBehind) this.writeBehind();
  }

  private writeBehind(): void {
    const nothing = new Batch(this.parts.index.headOf());
    this.send(nothing, { rowsMax: IDLE_ROWS, force: true });
  }
}
