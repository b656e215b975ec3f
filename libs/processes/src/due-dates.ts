import type { Kysely } from 'kysely';
import type { Instant } from '@fidelis/kernel';
import { START, type EventFeed, type Position, type RecordedEvent } from '@fidelis/event-store';
import { ProjectionRunner, type FeedRunner, type Projection } from '@fidelis/projections';
import { addColumnIfAbsent, chunksOf } from '@fidelis/read-model';
import type { Schedule } from './process';

export interface DueTables {
  readonly due: {
    readonly timer: string;
    readonly id: string;
    readonly due_at: string;
    /** Of the last event that made it due. */
    readonly position: Position;
  };
}

/** What is settled of some ids. */
export interface Settled {
  readonly ids: readonly string[];
  /** All that was due at this instant. */
  readonly now: Instant;
  /** An event after this one may have made something due that nobody settled yet. */
  readonly upTo: Position;
}

/** The table of a timer's due dates, kept by the feed, in this thread or in another one. */
export interface DueRunner extends FeedRunner {
  /** Takes out what is settled. */
  forget(settled: Settled): Promise<void>;
}

export interface DueDatesOptions {
  readonly service: string;
  readonly eventStore: EventFeed;
  readonly db: Kysely<never>;
  readonly schedule: Schedule;
  readonly onMoved?: (position: Position) => void;
  readonly onError?: (error: unknown) => void;
}

export class DueDates extends ProjectionRunner<DueTables> implements DueRunner {
  private readonly due: Kysely<DueTables>;

  constructor(private readonly parts: DueDatesOptions) {
    const { db, schedule, ...others } = parts;
    super({
      ...others,
      db: db,
      projection: dueProjection(schedule),
    });
    this.due = db;
  }

  async forget({ ids, now, upTo }: Settled): Promise<void> {
    for (const some of chunksOf(ids)) {
      await this.due
        .deleteFrom('due')
        .where('timer', '=', this.parts.schedule.name)
        .where('id', 'in', some)
        .where('due_at', '<=', now)
        .where('position', '<=', upTo)
        .execute();
    }
  }
}

/** The name under which a timer's due dates are fed. */
export function dueFeedOf({ name }: Pick<Schedule, 'name'>): string {
  return `timer:${name}`;
}

/** All timers of a service share one table; a rebuild must not drop the others' rows. */
function dueProjection(schedule: Schedule): Projection<DueTables> {
  return {
    name: dueFeedOf(schedule),
    categories: schedule.categories,
    tables: [],
    create: createTable,
    apply: async (trx, events) => {
      for (const rows of chunksOf(dueRows(schedule, events))) {
        await trx
          .insertInto('due')
          .values(rows)
          .onConflict((conflict) =>
            conflict
              .columns(['timer', 'due_at', 'id'])
              .doUpdateSet({ position: (row) => row.ref('excluded.position') }),
          )
          .execute();
      }
    },
  };
}

async function createTable(db: Kysely<DueTables>): Promise<void> {
  await db.schema
    .createTable('due')
    .ifNotExists()
    .addColumn('timer', 'text', (column) => column.notNull())
    .addColumn('due_at', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('due_pk', ['timer', 'due_at', 'id'])
    .execute();
  // Tables of before have no such column, and what is in them came before all that is to come.
  await addColumnIfAbsent(db, { table: 'due', column: 'position', type: 'bigint', value: START });
}

/** One row for the same instant of the same id, as the table has it: of the last event. */
function dueRows(schedule: Schedule, events: readonly RecordedEvent[]): DueTables['due'][] {
  const rows = new Map<string, DueTables['due']>();
  for (const event of events) {
    for (const { id, at } of schedule.dueOf(event)) {
      const { position } = event;
      rows.set(`${at} ${id}`, { timer: schedule.name, id, due_at: at, position });
    }
  }
  return [...rows.values()];
}
