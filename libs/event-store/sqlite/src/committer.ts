import { type Position, START } from '@fidelis/event-store';
import type Database from 'better-sqlite3';
import type { Batch } from './batch';
import type { CategoryIndex } from './category-index';
import type { EventLog } from './event-log';
import type { SqliteSnapshots } from './snapshots';
import type { StreamHeads } from './stream-heads';

export interface CommitterParts {
  readonly log: EventLog;
  readonly index: CategoryIndex;
  readonly heads: StreamHeads;
  readonly snapshots: SqliteSnapshots;
  /** Told when writing behind failed; what `commit` throws is its caller's. */
  readonly onFailure: (error: unknown) => void;
}

/** Rows written behind per commit, besides as many as the commit itself has: keeps commits short. */
const WRITE_BEHIND_ROWS = 64;
/** Rows written behind in one go when the store is idle or closing: about 10 ms. */
const IDLE_ROWS = 2000;
const IDLE_CHECK_MS = 1000;

/** Every transaction of the store: the commits, and what may be written later than its event. */
export class Committer {
  private readonly writeBatch: Database.Transaction<(batch: Batch, last: Position) => void>;
  private readonly writeIdle: Database.Transaction<() => void>;
  private readonly idleTimer: NodeJS.Timeout;
  private commitsSinceCheck = 0;

  constructor(
    db: Database.Database,
    private readonly parts: CommitterParts,
  ) {
    this.writeBatch = db.transaction((batch: Batch, last: Position) => {
      this.writeEvents(batch, last);
    });
    this.writeIdle = db.transaction(() => {
      this.parts.heads.writeBehind({ rowsMax: IDLE_ROWS, last: this.parts.index.headOf() }, true);
      this.parts.snapshots.writeBehind(IDLE_ROWS);
    });
    this.idleTimer = setInterval(() => {
      this.checkIdle();
    }, IDLE_CHECK_MS).unref();
  }

  /** Returns when the batch is on disk. */
  commit(batch: Batch): void {
    const last = batch.events.at(-1)?.position ?? this.parts.index.headOf();
    this.writeBatch.immediate(batch, last);
    for (const event of batch.events) this.parts.index.committed(event);
    this.commitsSinceCheck += 1;
  }

  /** Ends the timer. With `flush` nothing is left that a later start would have to replay. */
  close(flush: boolean): void {
    clearInterval(this.idleTimer);
    while (flush && this.isBehind) this.writeIdle.immediate();
  }

  private writeEvents({ events, previous, encoded }: Batch, last: Position): void {
    const { log, index, heads, snapshots } = this.parts;
    for (let i = 0; i < events.length; i += 1) {
      const event = events[i];
      const text = encoded[i];
      if (event === undefined || text === undefined) continue;
      log.insert(event, previous[i] ?? START, text);
      index.write(event.category, event.position);
    }
    const rowsMax = events.length + WRITE_BEHIND_ROWS;
    heads.writeBehind({ rowsMax, last });
    snapshots.writeBehind(rowsMax);
  }

  private get isBehind(): boolean {
    return this.parts.heads.isDirty || this.parts.snapshots.isDirty;
  }

  private checkIdle(): void {
    const idle = this.commitsSinceCheck === 0;
    this.commitsSinceCheck = 0;
    if (!idle || !this.isBehind) return;
    try {
      this.writeIdle.immediate();
    } catch (error) {
      this.parts.onFailure(error);
      return;
    }
    setImmediate(() => {
      this.checkIdle();
    });
  }
}
