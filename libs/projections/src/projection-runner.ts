import type { Kysely } from 'kysely';
import type { EventFeed, Position, RecordedEvent } from '@fidelis/event-store';
import { dropTables, isPostgres, prepareTables } from '@fidelis/read-model';
import { CheckpointedFeed } from './checkpointed-feed';
import { Checkpoints, type CheckpointMove } from './checkpoints';
import type { FeedRunner } from './feed-runner';
import type { Projection } from './projection';

export interface ProjectionRunnerOptions<Tables> {
  readonly service: string;
  readonly eventStore: EventFeed;
  readonly db: Kysely<Tables>;
  readonly projection: Projection<Tables>;
  /** Larger batches cost latency, smaller ones a transaction each: 1,000. */
  readonly batchSizeMax?: number;
  /** Told after each batch, and where it begins. */
  readonly onMoved?: (position: Position) => void;
  readonly onError?: (error: unknown) => void;
}

/** A view may lag by this while much is written; whoever needs it fresh does not wait for it. */
const LINGER_MS = 500;
const REBUILD_MS_MAX = 24 * 3600_000;

/** Feeds one view from the store and tells how far it is. */
export class ProjectionRunner<Tables> implements FeedRunner {
  private readonly feed: CheckpointedFeed;
  private prepared = false;

  constructor(private readonly options: ProjectionRunnerOptions<Tables>) {
    const { service, eventStore, db, projection, batchSizeMax, onMoved, onError } = options;
    this.feed = new CheckpointedFeed({
      name: `${service}.${projection.name}`,
      key: projection.name,
      eventStore,
      db: bare(db),
      categories: projection.categories,
      batchSizeMax: batchSizeMax ?? 1000,
      lingerMs: LINGER_MS,
      take: (events, move) => this.apply(events, move),
      ...{ onMoved, onError },
    });
  }

  get name(): string {
    return this.options.projection.name;
  }

  get tables(): readonly string[] {
    return this.options.projection.tables;
  }

  get position(): Position {
    return this.feed.position;
  }

  async prepare(): Promise<void> {
    if (this.prepared) return;
    await this.feed.checkpoints.create();
    await prepareTables(this.options.db, this.options.projection.create);
    this.prepared = true;
  }

  async start(): Promise<void> {
    await this.prepare();
    await this.feed.start();
  }

  hurry(): void {
    this.feed.hurry();
  }

  reachHead(deadlineMs = 5000): Promise<void> {
    return this.feed.reachHead(deadlineMs);
  }

  /**
   * Where another replica feeds the view, that one plays the events again: it finds its checkpoint
   * moved.
   */
  async rebuild(): Promise<void> {
    const { db, projection } = this.options;
    const runsElsewhere = isPostgres(db) && !this.feed.isRunning;
    await this.feed.stop();
    await this.feed.checkpoints.create();
    // Together: whoever is in the middle of a batch writes it before, or not at all.
    await db.transaction().execute(async (trx) => {
      await new Checkpoints(bare(trx)).reset(projection.name);
      await dropTables(trx as unknown as Kysely<unknown>, projection.tables);
      await projection.create(trx);
    });
    if (!runsElsewhere) await this.start();
    await this.reachHead(REBUILD_MS_MAX);
  }

  stop(): Promise<void> {
    return this.feed.stop();
  }

  private apply(events: readonly RecordedEvent[], move: CheckpointMove): Promise<boolean> {
    const { db, projection } = this.options;
    return db.transaction().execute(async (trx) => {
      const mine = await new Checkpoints(bare(trx)).advance(projection.name, move);
      if (mine) await projection.apply(trx, events);
      return mine;
    });
  }
}

function bare<Tables>(db: Kysely<Tables>): Kysely<never> {
  return db as unknown as Kysely<never>;
}
