import type { Position, RecordedEvent } from '@fidelis/event-store';
import { chunksOf, prepareTables } from '@fidelis/read-model';
import type { Kysely } from 'kysely';

/** Up to where a set of categories is known, and that the log is the one in which it is known. */
export interface KeptPlace {
  /** Position of its last event up to `seenTo`. */
  readonly head: Position;
  /** Position of an event, of whatever category; every event of the set up to it is known. */
  readonly seenTo: Position;
  readonly eventId: string;
}

interface CategoryTables {
  readonly event_store_categories: {
    readonly key: string;
    readonly head: number;
    readonly seen_to: number;
    readonly event_id: string;
  };
  readonly event_store_category_events: {
    readonly key: string;
    readonly position: number;
    /** JSON as text, which holds every string. */
    readonly event: string;
  };
}

/**
 * What is known of categories, in a relational database, PostgreSQL or SQLite. Replicas find the
 * same events in the same log, so who comes later or is behind changes nothing. Losing all of it
 * costs only time.
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

  read(key: string): Promise<KeptPlace | undefined> {
    return placeOf(this.db, key);
  }

  /** In order, at most `limit` behind `after`, none behind `to`. */
  async events(
    key: string,
    {
      after,
      to,
      limit,
    }: { readonly after: Position; readonly to: Position; readonly limit: number },
  ): Promise<RecordedEvent[]> {
    const rows = await this.db
      .selectFrom('event_store_category_events')
      .select('event')
      .where('key', '=', key)
      .where('position', '>', after)
      .where('position', '<=', to)
      .orderBy('position')
      .limit(limit)
      .execute();
    return rows.map(({ event }) => JSON.parse(event) as RecordedEvent);
  }

  /**
   * @param events all up to the place that were not kept before
   * @returns the place that is kept now: another replica's, where that one is further
   */
  async write(key: string, place: KeptPlace, events: readonly RecordedEvent[]): Promise<KeptPlace> {
    const { head, seenTo: seen_to, eventId: event_id } = place;
    return this.db.transaction().execute(async (trx) => {
      await writeEvents(trx, key, events);
      await trx
        .insertInto('event_store_categories')
        .values({ key, head, seen_to, event_id })
        .onConflict((conflict) =>
          conflict
            .column('key')
            .doUpdateSet({ head, seen_to, event_id })
            .where('event_store_categories.seen_to', '<', seen_to),
        )
        .execute();
      return (await placeOf(trx, key)) ?? place;
    });
  }

  /** Unless another replica has replaced it meanwhile. */
  async forget(key: string, { eventId }: KeptPlace): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const deleted = await trx
        .deleteFrom('event_store_categories')
        .where('key', '=', key)
        .where('event_id', '=', eventId)
        .executeTakeFirst();
      if (deleted.numDeletedRows === 0n) return;
      await trx.deleteFrom('event_store_category_events').where('key', '=', key).execute();
    });
  }
}

async function placeOf(db: Kysely<CategoryTables>, key: string): Promise<KeptPlace | undefined> {
  const row = await db
    .selectFrom('event_store_categories')
    .selectAll()
    .where('key', '=', key)
    .executeTakeFirst();
  return row && { head: row.head, seenTo: row.seen_to, eventId: row.event_id };
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
    .execute();
  await db.schema
    .createTable('event_store_category_events')
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('event_store_category_events_pk', ['key', 'position'])
    .execute();
}
