import type { Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import type { IdempotencyStore, StoredAnswer } from '@fidelis/http';
import { insertRows } from '@fidelis/read-model';
import { oldestKept, toAnswer, toRow, type AnswerTables } from './answer-tables';
import { databaseAway, type Claims } from './claims';

const TABLE = {
  name: 'answers',
  columns: {
    id: 'text',
    fingerprint: 'text',
    status: 'bigint',
    content_type: 'text',
    body: 'text',
    stored_at: 'text',
  },
} as const;

/** Of one statement; what comes meanwhile goes with the next one. */
const BATCH_MAX = 200;

interface Waiting {
  readonly row: AnswerTables['answers'];
  readonly done: () => void;
}

/**
 * Answers that all gateways share. An answer is stored before the client has it, so a retry finds
 * it wherever it arrives; while a request runs, its key is claimed.
 */
export class SharedAnswers implements IdempotencyStore {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly db: Kysely<AnswerTables>,
    private readonly options: {
      readonly clock: Clock;
      readonly claims: Claims;
      readonly onError: (error: unknown) => void;
    },
  ) {}

  claim(id: string): Promise<boolean> {
    return this.options.claims.claim(id);
  }

  release(id: string): Promise<void> {
    return this.options.claims.release(id);
  }

  async find(id: string): Promise<StoredAnswer | undefined> {
    const row = await this.db
      .selectFrom('answers')
      .selectAll()
      .where('id', '=', id)
      .where('stored_at', '>=', oldestKept(this.options.clock.now()))
      .executeTakeFirst()
      .catch((error: unknown) => {
        throw databaseAway(error);
      });
    return row === undefined ? undefined : toAnswer(row);
  }

  /** Resolves also when it could not be stored: the retry runs again, under the same operation. */
  put(id: string, answer: StoredAnswer): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ row: toRow(id, answer), done });
      this.writing ??= this.writeAll();
    });
  }

  async dropOld(): Promise<void> {
    const oldest = oldestKept(this.options.clock.now());
    await this.db.deleteFrom('answers').where('stored_at', '<', oldest).execute();
  }

  async close(): Promise<void> {
    await this.writing;
    await this.options.claims.close();
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH_MAX);
      this.waiting = this.waiting.slice(BATCH_MAX);
      await this.write(batch).catch(this.options.onError);
      for (const { done } of batch) done();
    }
    this.writing = undefined;
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    const columns = ['fingerprint', 'status', 'content_type', 'body', 'stored_at'] as const;
    await insertRows<AnswerTables['answers']>(this.db as unknown as Kysely<never>, TABLE, {
      rows: batch.map(({ row }) => row),
      onConflict: { key: ['id'], then: 'update', columns },
    });
  }
}
