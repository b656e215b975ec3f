import type Database from 'better-sqlite3';
import type { Instant } from '@fidelis/kernel';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '@fidelis/messaging';

interface Row {
  readonly id: string;
  readonly consumer_group: string;
  readonly topic: string;
  readonly key: string;
  readonly message_id: string | null;
  readonly type: string | null;
  readonly position: string;
  readonly reason: string;
  readonly attempts: number;
  readonly failed_at: string;
  readonly bytes: Uint8Array | null;
}

type Chosen = Pick<DeadLetterFilter, 'group' | 'topic'>;

const SCHEMA = `CREATE TABLE IF NOT EXISTS dead_letters (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  consumer_group TEXT NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  message_id TEXT,
  type TEXT,
  position TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  failed_at TEXT NOT NULL,
  bytes BLOB
) STRICT`;

const PUT = `INSERT INTO dead_letters
  (id, consumer_group, topic, key, message_id, type, position, reason, attempts, failed_at, bytes)
  VALUES (@id, @consumer_group, @topic, @key, @message_id, @type, @position, @reason, @attempts,
    @failed_at, @bytes)
  ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts,
    failed_at = excluded.failed_at, bytes = excluded.bytes`;

const CHOSEN = `(@group IS NULL OR consumer_group = @group) AND (@topic IS NULL OR topic = @topic)`;

const LIST = `SELECT * FROM dead_letters WHERE ${CHOSEN}
  AND seq > coalesce((SELECT seq FROM dead_letters WHERE id = @after), 0) ORDER BY seq LIMIT @limit`;

/** The letters in `bus.db`. */
export class SqliteDeadLetters implements DeadLetterStore {
  constructor(private readonly db: Database.Database) {
    db.exec(SCHEMA);
  }

  put(letter: DeadLetter): void {
    this.db.prepare<[Row]>(PUT).run(toRow(letter));
  }

  get(id: string): DeadLetter | undefined {
    const row = this.db.prepare<[string], Row>('SELECT * FROM dead_letters WHERE id = ?').get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  list(filter: DeadLetterFilter & { readonly limit: number }): readonly DeadLetter[] {
    const { after = null, limit } = filter;
    return this.db
      .prepare<[object], Row>(LIST)
      .all({ ...chosen(filter), after, limit })
      .map(fromRow);
  }

  count(filter: Chosen): number {
    const sql = `SELECT count(*) AS letters FROM dead_letters WHERE ${CHOSEN}`;
    return this.db.prepare<[object], { letters: number }>(sql).get(chosen(filter))?.letters ?? 0;
  }

  remove(id: string): boolean {
    return this.db.prepare<[string]>('DELETE FROM dead_letters WHERE id = ?').run(id).changes > 0;
  }

  erasePayloadsBefore(instant: Instant): number {
    const sql = 'UPDATE dead_letters SET bytes = NULL WHERE bytes IS NOT NULL AND failed_at < ?';
    return this.db.prepare<[string]>(sql).run(instant).changes;
  }
}

function chosen({ group = null, topic = null }: Nullable<Chosen>): Nullable<Chosen> {
  return { group, topic };
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

function toRow(letter: DeadLetter): Row {
  return {
    id: letter.id,
    consumer_group: letter.group,
    topic: letter.topic,
    key: letter.key,
    message_id: letter.messageId ?? null,
    type: letter.type ?? null,
    position: letter.position,
    reason: letter.reason,
    attempts: letter.attempts,
    failed_at: letter.failedAt,
    bytes: letter.bytes ?? null,
  };
}

function fromRow(row: Row): DeadLetter {
  return {
    id: row.id,
    group: row.consumer_group,
    topic: row.topic,
    key: row.key,
    ...(row.message_id === null ? {} : { messageId: row.message_id }),
    ...(row.type === null ? {} : { type: row.type }),
    position: row.position,
    reason: row.reason,
    attempts: row.attempts,
    failedAt: row.failed_at,
    ...(row.bytes === null ? {} : { bytes: row.bytes }),
  };
}
