import type { Kysely, SelectQueryBuilder } from 'kysely';
import { newId, type Instant } from '@fidelis/kernel';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '@fidelis/messaging';
import type { BusTables, DeadLetterRow } from './bus-tables';

export type AskedLetter = Pick<DeadLetter, 'id' | 'group' | 'topic' | 'position'>;

type Chosen = Pick<DeadLetterFilter, 'group' | 'topic'>;

/** The index of dead letters: all replicas of all services see all of them. */
export class DeadLetterTable implements DeadLetterStore {
  constructor(
    private readonly db: Kysely<BusTables>,
    /** Puts it on its dead letters' topic for good. */
    private readonly publish: (letter: DeadLetter) => Promise<void>,
  ) {}

  async put(letter: DeadLetter): Promise<void> {
    await this.publish(letter);
    const { reason, attempts, failedAt, bytes } = letter;
    await this.db
      .insertInto('dead_letters')
      .values({ ...toRow(letter), retry_asked_at: null })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          ...{ reason, attempts, failed_at: failedAt, bytes: bytes ?? null },
          retry_asked_at: null,
        }),
      )
      .execute();
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const row = await this.db
      .selectFrom('dead_letters')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : fromRow(row);
  }

  async list(
    filter: DeadLetterFilter & { readonly limit: number },
  ): Promise<readonly DeadLetter[]> {
    const { after, limit } = filter;
    const rows = await chosen(this.db.selectFrom('dead_letters'), filter)
      .selectAll()
      .$if(after !== undefined, (letters) =>
        letters.where('sequence', '>', (builder) =>
          builder
            .selectFrom('dead_letters')
            .select('sequence')
            .where('id', '=', after ?? ''),
        ),
      )
      .orderBy('sequence')
      .limit(limit)
      .execute();
    return rows.map(fromRow);
  }

  async count(filter: Chosen): Promise<number> {
    const row = await chosen(this.db.selectFrom('dead_letters'), filter)
      .select(({ fn }) => fn.countAll().as('letters'))
      .executeTakeFirstOrThrow();
    return Number(row.letters);
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.db
      .deleteFrom('dead_letters')
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async erasePayloadsBefore(instant: Instant): Promise<number> {
    const { numUpdatedRows } = await this.db
      .updateTable('dead_letters')
      .set({ bytes: null })
      .where('bytes', 'is not', null)
      .where('failed_at', '<', instant)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  /** The replica that owns the letter's partition will find it. */
  async askRetry(id: string, now: Instant): Promise<void> {
    await this.db
      .updateTable('dead_letters')
      .set({ retry_asked_at: now })
      .where('id', '=', id)
      .execute();
  }

  async askedOf(groups: readonly string[], limit: number): Promise<readonly AskedLetter[]> {
    if (groups.length === 0) return [];
    return this.db
      .selectFrom('dead_letters')
      .select(['id', 'consumer_group as group', 'topic', 'position'])
      .where('retry_asked_at', 'is not', null)
      .where('consumer_group', 'in', groups)
      .orderBy('sequence')
      .limit(limit)
      .execute();
  }
}

function chosen<O>(
  letters: SelectQueryBuilder<BusTables, 'dead_letters', O>,
  { group, topic }: Chosen,
): SelectQueryBuilder<BusTables, 'dead_letters', O> {
  return letters
    .$if(group !== undefined, (query) => query.where('consumer_group', '=', group ?? ''))
    .$if(topic !== undefined, (query) => query.where('topic', '=', topic ?? ''));
}

/** Ids of one millisecond are in no order, and letters may come faster than that. */
let lastMs = '';
let count = 0;
function nextSequence(): string {
  const id = newId();
  const ms = id.slice(0, 10) > lastMs ? id.slice(0, 10) : lastMs;
  count = ms === lastMs ? count + 1 : 0;
  lastMs = ms;
  return `${ms}${String(count).padStart(6, '0')}${id.slice(10)}`;
}

function toRow(letter: DeadLetter): Omit<DeadLetterRow, 'retry_asked_at'> {
  return {
    id: letter.id,
    sequence: nextSequence(),
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

function fromRow(row: Omit<DeadLetterRow, 'retry_asked_at'>): DeadLetter {
  return {
    id: row.id,
    group: row.consumer_group,
    topic: row.topic,
    key: row.key,
    ...(row.message_id !== null && { messageId: row.message_id }),
    ...(row.type !== null && { type: row.type }),
    position: row.position,
    reason: row.reason,
    attempts: row.attempts,
    failedAt: row.failed_at,
    ...(row.bytes !== null && { bytes: row.bytes }),
  };
}
