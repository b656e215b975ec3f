import type { Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import type { IdempotencyStore, StoredAnswer } from '@fidelis/http';
import { chunksOf } from '@fidelis/read-model';
import {
  createAnswerTables,
  oldestKept,
  toAnswer,
  toRow,
  type AnswerTables,
} from './answer-tables';

const FLUSH_MS = 50;
/** Above this many unwritten answers the oldest ones are dropped: their retries run again. */
const PENDING_MAX = 20_000;

/**
 * `answers.db`. Writes behind, in batches: an answer lost in a crash is made again by the retry,
 * under the same operation id.
 */
export class AnswerStore implements IdempotencyStore {
  private pending = new Map<string, StoredAnswer>();
  private writing = new Map<string, StoredAnswer>();
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Kysely<AnswerTables>,
    private readonly options: { clock: Clock; onError: (error: unknown) => void },
  ) {}

  open(): Promise<void> {
    return createAnswerTables(this.db);
  }

  async find(id: string): Promise<StoredAnswer | undefined> {
    const unwritten = this.pending.get(id) ?? this.writing.get(id);
    if (unwritten !== undefined) return this.unlessOld(unwritten);
    const row = await this.db
      .selectFrom('answers')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : this.unlessOld(toAnswer(row));
  }

  put(id: string, answer: StoredAnswer): void {
    this.pending.set(id, answer);
    if (this.pending.size > PENDING_MAX) {
      for (const oldest of this.pending.keys()) {
        this.pending.delete(oldest);
        break;
      }
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, FLUSH_MS);
  }

  /** Writes what waits. Called by the timer, and once more at the end. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.writeBatch()).catch(this.options.onError);
    return this.flushing;
  }

  /** Drops what is older than `KEPT_DAYS`; in the background, once in a while. */
  async dropOld(): Promise<void> {
    await this.db.deleteFrom('answers').where('stored_at', '<', this.oldest()).execute();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
    await this.db.destroy();
  }

  private async writeBatch(): Promise<void> {
    if (this.pending.size === 0) return;
    this.writing = this.pending;
    this.pending = new Map();
    const rows = [...this.writing].map(([id, answer]) => toRow(id, answer));
    try {
      await this.db.transaction().execute(async (trx) => {
        for (const chunk of chunksOf(rows)) {
          await trx.replaceInto('answers').values(chunk).execute();
        }
      });
    } finally {
      this.writing = new Map();
    }
  }

  private unlessOld(answer: StoredAnswer): StoredAnswer | undefined {
    return answer.storedAt < this.oldest() ? undefined : answer;
  }

  private oldest(): string {
    return oldestKept(this.options.clock.now());
  }
}
