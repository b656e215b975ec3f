import type { Kysely } from 'kysely';
import { addMs, type Instant } from '@fidelis/kernel';
import { KEPT_DAYS, type StoredAnswer } from '@fidelis/http';

export interface AnswerTables {
  readonly answers: {
    readonly id: string;
    readonly fingerprint: string;
    readonly status: number;
    readonly content_type: string;
    readonly body: string;
    readonly stored_at: string;
  };
}

export async function createAnswerTables(db: Kysely<AnswerTables>): Promise<void> {
  await db.schema
    .createTable('answers')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('content_type', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('stored_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('answers_by_age')
    .ifNotExists()
    .on('answers')
    .column('stored_at')
    .execute();
}

const DAY_MS = 24 * 3600 * 1000;

/** What was stored before this counts no more. */
export const oldestKept = (now: Instant): Instant => addMs(now, -KEPT_DAYS * DAY_MS);

export function toRow(id: string, answer: StoredAnswer): AnswerTables['answers'] {
  const { fingerprint, status, body } = answer;
  const { contentType: content_type, storedAt: stored_at } = answer;
  return { id, fingerprint, status, content_type, body, stored_at };
}

export function toAnswer(row: AnswerTables['answers']): StoredAnswer {
  const { fingerprint, status, body } = row;
  return { fingerprint, status, body, contentType: row.content_type, storedAt: row.stored_at };
}
