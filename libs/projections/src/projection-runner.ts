import type { Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import type { EventFeed, Position, RecordedEvent, Subscription } from '@fidelis/event-store';
import { dropTables } from '@fidelis/read-model';
import { Checkpoints } from './checkpoints';
import type { FeedRunner } from './feed-runner';
import type { Projection } from './projection';
import { ReachedGate } from './reached-gate';

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

/** Another process advanced this view. Its rows stand; ours were rolled back. */
class Fenced extends OperationalError {}

/** Feeds one view from the store and tells how far it is. */
export class ProjectionRunner<Tables> implements FeedRunner {
  private readonly checkpoints: Checkpoints;
  private readonly gate = new ReachedGate();
  private subscription: Subscription | undefined;

  constructor(private readonly options: ProjectionRunnerOptions<Tables>) {
    this.checkpoints = new Checkpoints(options.db as unknown as Kysely<never>);
  }

  get name(): string {
    return this.options.projection.name;
  }

  get tables(): readonly string[] {
    return this.options.projection.tables;
  }

  get position(): Position {
    return this.gate.position;
  }

  async start(): Promise<void> {
    const { eventStore, projection, service, onError } = this.options;
    await this.checkpoints.create();
    await projection.create(this.options.db);
    this.moveTo(await this.checkpoints.read(projection.name));
    this.subscription = eventStore.subscribe({
      name: `${service}.${projection.name}`,
      after: this.gate.position,
      categories: projection.categories,
      batchSizeMax: this.options.batchSizeMax ?? 1000,
      lingerMs: LINGER_MS,
      onBatch: (events) => this.apply(events),
      ...(onError && { onError }),
    });
  }

  /** Somebody waits for it: it does not linger on its way to the head. */
  hurry(): void {
    this.subscription?.hurry();
  }

  async reachHead(deadlineMs = 5000): Promise<void> {
    const head = await this.options.eventStore.headOf(this.options.projection.categories);
    if (head > this.gate.position) this.hurry();
    await this.gate.reached(head, deadlineMs);
  }

  async rebuild(): Promise<void> {
    const { db, projection } = this.options;
    await this.stop();
    // In this order: a crash in between leaves old rows that are rebuilt, never empty tables with
    // a checkpoint at the head.
    await this.checkpoints.create();
    await this.checkpoints.reset(projection.name);
    await dropTables(db as unknown as Kysely<unknown>, projection.tables);
    this.gate.reset();
    await this.start();
    await this.reachHead(24 * 3600_000);
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
    this.subscription = undefined;
  }

  private async apply(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    const { db, projection } = this.options;
    try {
      await db.transaction().execute(async (trx) => {
        const fence = trx as unknown as Parameters<Checkpoints['advance']>[2];
        const mine = await this.checkpoints.advance(projection.name, last.position, fence);
        if (!mine) throw new Fenced(`${projection.name}: another replica was first`);
        await projection.apply(trx, events);
      });
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
    }
    this.moveTo(last.position);
  }

  private moveTo(position: Position): void {
    this.gate.advance(position);
    this.options.onMoved?.(position);
  }
}
