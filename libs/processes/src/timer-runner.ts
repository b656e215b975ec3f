import type { Kysely } from 'kysely';
import type { Clock, Instant } from '@fidelis/kernel';
import type { EventStore, RecordedEvent } from '@fidelis/event-store';
import { ProjectionRunner, type Projection } from '@fidelis/projections';
import { chunksOf } from '@fidelis/read-model';
import type { Timer } from './process';

interface DueTables {
  readonly due: { readonly timer: string; readonly id: string; readonly due_at: string };
}

export interface TimerRunnerOptions {
  readonly service: string;
  readonly eventStore: EventStore;
  readonly db: Kysely<never>;
  readonly clock: Clock;
  readonly timer: Timer;
  /** How often it looks: 500 ms. Queries never count what is due, so this is not urgent. */
  readonly everyMs?: number;
  readonly onError?: (error: unknown) => void;
}

const PAGE = 256;
const SIDE_BY_SIDE = 64;

/** Keeps the due dates of one timer in a table and settles what has come due. */
export class TimerRunner {
  private readonly db: Kysely<DueTables>;
  private readonly projection: ProjectionRunner<DueTables>;
  private ticking: NodeJS.Timeout | undefined;
  private running: Promise<number> = Promise.resolve(0);

  constructor(private readonly options: TimerRunnerOptions) {
    this.db = options.db;
    const { service, eventStore, timer, onError } = options;
    this.projection = new ProjectionRunner<DueTables>({
      service,
      eventStore,
      db: this.db,
      projection: dueProjection(timer),
      ...(onError && { onError }),
    });
  }

  async start(): Promise<void> {
    await this.projection.start();
    this.ticking = setInterval(() => {
      this.runDue(this.options.clock.now()).catch((error: unknown) =>
        this.options.onError?.(error),
      );
    }, this.options.everyMs ?? 500);
    this.ticking.unref();
  }

  /** Settles all that is due at `now`; resolves with how many ids it settled. */
  runDue(now: Instant): Promise<number> {
    this.running = this.running.catch(() => 0).then(() => this.settleAll(now));
    return this.running;
  }

  reachHead(deadlineMs: number): Promise<void> {
    return this.projection.reachHead(deadlineMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking);
    await this.running.catch(() => 0);
    await this.projection.stop();
  }

  /** Side by side, so that they share the store's commits; what failed stays due. */
  private async settlePage(ids: readonly string[], now: Instant): Promise<void> {
    const { timer } = this.options;
    const done: string[] = [];
    const failures: unknown[] = [];
    for (const some of chunksOf(ids, SIDE_BY_SIDE)) {
      const ended = await Promise.allSettled(some.map((id) => timer.settle(id, now)));
      ended.forEach((result, index) => {
        const id = some[index];
        if (result.status === 'rejected') failures.push(result.reason);
        else if (id !== undefined) done.push(id);
      });
    }
    if (done.length > 0) {
      await this.db
        .deleteFrom('due')
        .where('timer', '=', timer.name)
        .where('id', 'in', done)
        .where('due_at', '<=', now)
        .execute();
    }
    if (failures.length > 0) throw failures[0];
  }

  private async settleAll(now: Instant): Promise<number> {
    const { timer } = this.options;
    let settled = 0;
    for (;;) {
      const rows = await this.db
        .selectFrom('due')
        .select('id')
        .distinct()
        .where('timer', '=', timer.name)
        .where('due_at', '<=', now)
        .limit(PAGE)
        .execute();
      await this.settlePage(
        rows.map(({ id }) => id),
        now,
      );
      settled += rows.length;
      if (rows.length < PAGE) return settled;
    }
  }
}

/** All timers of a service share one table; a rebuild must not drop the others' rows. */
function dueProjection(timer: Timer): Projection<DueTables> {
  return {
    name: `timer:${timer.name}`,
    categories: timer.categories,
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
      for (const rows of chunksOf(dueRows(timer, events))) {
        await trx
          .insertInto('due')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },
  };
}

function dueRows(timer: Timer, events: readonly RecordedEvent[]): DueTables['due'][] {
  return events.flatMap((event) =>
    timer.dueOf(event).map(({ id, at }) => ({ timer: timer.name, id, due_at: at })),
  );
}
