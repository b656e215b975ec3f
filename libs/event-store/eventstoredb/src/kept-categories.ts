import type { Position, RecordedEvent } from '@fidelis/event-store';
import { addColumnIfAbsent, chunksOf, prepareTables } from '@fidelis/read-model';
import type { Kysely } from 'kysely';
import { randomInt } from 'node:crypto';

/** Up to where a set of categories is known, and that the log is the one in which it is known. */
export interface KeptPlace {
  /** Position of its last event up to `seenTo`. */
  readonly head: Position;
  /** Position of an event, of whatever category; every event of the set up to it is known. */
  readonly seenTo: Position;
  readonly eventId: string;
}

/** A place as it is kept. */
export interface KeptRow extends KeptPlace {
  /** New whenever a set is kept anew: what was known before it was forgotten does not go on in it. */
  readonly generation: number;
}

export interface KeptWrite {
  readonly place: KeptPlace;
  /** All of the set's that lie between `before` and the place. */
  readonly events: readonly RecordedEvent[];
  /** What this process last read or wrote; absent: it knows of nothing that is kept. */
  readonly before: KeptRow | undefined;
}

export interface KeptEventsOptions {
  readonly generation: number;
  readonly after: Position;
  readonly to: Position;
  readonly limit: number;
}

interface CategoryTables {
  readonly event_store_categories: {
    readonly key: string;
    readonly head: number;
    readonly seen_to: number;
    readonly event_id: string;
    readonly generation: number;
  };
  readonly event_store_category_events: {
    readonly key: string;
    readonly position: number;
    /** JSON as text, which holds every string. */
    readonly event: string;
  };
}

/** As far as `randomInt` goes: no two of a set are the same. */
const GENERATION_MAX = 2 ** 48 - 1;

/**
 * What is known of categories, in a relational database, PostgreSQL or SQLite. A place moves only
 * by the hand of a replica that knows where it was, together with all events up to where it is now:
 * so every event up to a place that is kept is kept, too. Losing all of it costs only time.
 */
export class KeptCategories {
  private constructor(private readonly db: Kysely<CategoryTables>) {}

  /** Creates the tables where there are none. `db` may be set to a schema; it stays the caller's. */
  static async open<Tables>(db: Kysely<Tables>): Promise<KeptCategories> {
    // The tables are ours alone, whatever else the database has.
    const own = db as unknown as Kysely<CategoryTables>;
    await prepareTables(own, createTables);
    return new KeptCategories(own);
  }

  read(key: string): Promise<KeptRow | undefined> {
    return rowOf(this.db, key);
  }

  /**
   * In order, at most `limit` behind `after`, none behind `to`.
   *
   * @returns undefined when the generation has been forgotten
   */
  async events(
    key: string,
    { generation, after, to, limit }: KeptEventsOptions,
  ): Promise<RecordedEvent[] | undefined> {
    const rows = await this.db
      .selectFrom('event_store_category_events')
      .select('event')
      .where('key', '=', key)
      .where('position', '>', after)
      .where('position', '<=', to)
      .orderBy('position')
      .limit(limit)
      .execute();
    // Asked afterwards: a row that is still there was there with all of its events.
    const row = await rowOf(this.db, key);
    if (row?.generation !== generation) return undefined;
    return rows.map(({ event }) => JSON.parse(event) as RecordedEvent);
  }

  /** @returns what is kept now, or undefined: another replica was first, and nothing is written. */
  async write(key: string, { place, events, before }: KeptWrite): Promise<KeptRow | undefined> {
    const row = { ...place, generation: before?.generation ?? randomInt(GENERATION_MAX) };
    return this.db.transaction().execute(async (trx) => {
      // The row first: it is the lock under which its events are written.
      const isMine = before === undefined ? create(trx, key, row) : move(trx, key, { before, row });
      if (!(await isMine)) return undefined;
      await writeEvents(trx, key, events);
      return row;
    });
  }

  /** Unless another replica has moved or replaced it meanwhile. */
  async forget(key: string, row: KeptRow): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const deleted = await trx
        .deleteFrom('event_store_categories')
        .where('key', '=', key)
        .where('generation', '=', row.generation)
        .where('seen_to', '=', row.seenTo)
        .executeTakeFirst();
      if (deleted.numDeletedRows === 0n) return;
      await trx.deleteFrom('event_store_category_events').where('key', '=', key).execute();
    });
  }
}

async function rowOf(db: Kysely<CategoryTables>, key: string): Promise<KeptRow | undefined> {
  const row = await db
    .selectFrom('event_store_categories')
    .selectAll()
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { head, generation } = row;
  return { head, seenTo: row.seen_to, eventId: row.event_id, generation };
}

async function create(db: Kysely<CategoryTables>, key: string, row: KeptRow): Promise<boolean> {
  const { head, seenTo: seen_to, eventId: event_id, generation } = row;
  const inserted = await db
    .insertInto('event_store_categories')
    .values({ key, head, seen_to, event_id, generation })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

async function move(
  db: Kysely<CategoryTables>,
  key: string,
  { before, row }: { readonly before: KeptRow; readonly row: KeptRow },
): Promise<boolean> {
  const updated = await db
    .updateTable('event_store_categories')
    .set({ head: row.head, seen_to: row.seenTo, event_id: row.eventId })
    .where('key', '=', key)
    .where('generation', '=', before.generation)
    .where('seen_to', '=', before.seenTo)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

async function writeEvents(
  db: Kysely<CategoryTables>,
  key: string,
  events: readonly RecordedEvent[],
): Promise<void> {
  for (const some of chunksOf(events)) {
    await db
      .insertInto('event_store_category_events')
      .values(
        some.map((event) => ({ key, position: event.position, event: JSON.stringify(event) })),
      )
      .onConflict((conflict) => conflict.columns(['key', 'position']).doNothing())
      .execute();
  }
}

async function createTables(db: Kysely<CategoryTables>): Promise<void> {
  await db.schema
    .createTable('event_store_categories')
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('head', 'bigint', (column) => column.notNull())
    .addColumn('seen_to', 'bigint', (column) => column.notNull())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await addColumnIfAbsent(db, {
    ...{ table: 'event_store_categories', column: 'generation', type: 'bigint', value: 0 },
  });
  await db.schema
    .createTable('event_store_category_events')
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('event_store_category_events_pk', ['key', 'position'])
    .execute();
}
