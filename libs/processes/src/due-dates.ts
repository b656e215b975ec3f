import type { Kysely } from 'kysely';
import type { Instant } from '@fidelis/kernel';
import type { EventFeed, Position, RecordedEvent } from '@fidelis/event-store';
import { ProjectionRunner, type FeedRunner, type Projection } from '@fidelis/projections';
import { chunksOf } from '@fidelis/read-model';
import type { Schedule } from './process';

export interface DueTables {
  readonly due: { readonly timer: string; readonly id: string; readonly due_at: string };
}

/** The table of a timer's due dates, kept by the feed, in this thread or in another one. */
export interface DueRunner extends FeedRunner {
  /** Takes out what was due at `now` and is settled. */
  forget(ids: readonly string[], now: Instant): Promise<void>;
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

  async forget(ids: readonly string[], now: Instant): Promise<void> {
    for (const some of chunksOf(ids)) {
      await this.due
        .deleteFrom('due')
        .where('timer', '=', this.parts.schedule.name)
        .where('id', 'in', some)
        .where('due_at', '<=', now)
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
    create: (db) =>
      db.schema
        .createTable('due')
        .ifNotExists()
        .addColumn('timer', 'text', (column) => column.notNull())
        .addColumn('due_at', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('due_pk', ['timer', 'due_at', 'id'])
        .execute(),
    apply: async (trx, events) => {
      for (const rows of chunksOf(dueRows(schedule, events))) {
        await trx
          .insertInto('due')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },
  };
}

function dueRows(schedule: Schedule, events: readonly RecordedEvent[]): DueTables['due'][] {
  return events.flatMap((event) =>
    schedule.dueOf(event).map(({ id, at }) => ({ timer: schedule.name, id, due_at: at })),
  );
}
