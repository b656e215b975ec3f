import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { START, type EventFeed, type Position, type RecordedEvent } from '@fidelis/event-store';
import { isPostgres } from '@fidelis/read-model';
import { Checkpoints, type CheckpointMove } from './checkpoints';
import { ReachedGate } from './reached-gate';

export interface CheckpointedFeedOptions {
  /** For logs and metrics. */
  readonly name: string;
  /** Of the checkpoint, unique in its database. */
  readonly key: string;
  readonly eventStore: EventFeed;
  readonly db: Kysely<never>;
  readonly categories: readonly string[];
  readonly batchSizeMax: number;
  readonly lingerMs: number;
  readonly isLight?: () => boolean;
  /**
   * Takes in a batch and moves the checkpoint, together where that is possible. `false`: the
   * checkpoint was not at `from`, and nothing must have been written that it fences.
   */
  readonly take: (events: readonly RecordedEvent[], move: CheckpointMove) => Promise<boolean>;
  /** Told after each batch, and where it begins. */
  readonly onMoved?: ((position: Position) => void) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** While it waits it looks so often whether it is still this process that moves the checkpoint. */
const SLICE_MS = 1000;
/** How often a replica that stands by looks how far the other one is. */
const POLL_MS = 50;
/** How often an idle feed looks whether another replica had its view emptied for a rebuild. */
const WATCH_MS = 1000;

/**
 * A subscription whose checkpoint lies in a database that other replicas may write, too. It runs on
 * one of them at a time; when two overlap all the same, each event counts once, and the one that
 * lost goes on from where the other one is.
 */
export class CheckpointedFeed {
  readonly checkpoints: Checkpoints;
  private readonly gate = new ReachedGate();
  private run: FeedRun | undefined;
  private ending: Promise<unknown> = Promise.resolve();
  private watching: NodeJS.Timeout | undefined;

  constructor(private readonly options: CheckpointedFeedOptions) {
    this.checkpoints = new Checkpoints(options.db);
  }

  /** The last event that was taken in, as far as this process knows. */
  get position(): Position {
    return this.gate.position;
  }

  get isRunning(): boolean {
    return this.run !== undefined;
  }

  /** From the checkpoint on. */
  async start(): Promise<void> {
    this.beginAt(await this.checkpoints.begin(this.options.key));
    // One process alone has nobody to look after.
    if (!isPostgres(this.options.db)) return;
    clearInterval(this.watching);
    this.watching = setInterval(() => {
      this.watch().catch((error: unknown) => this.options.onError?.(error));
    }, WATCH_MS);
    this.watching.unref();
  }

  /** Somebody waits for it: it does not linger on its way to the head. */
  hurry(): void {
    this.run?.subscription.hurry();
  }

  /** Waits until every event that is in the store now was taken in, here or by another replica. */
  async reachHead(deadlineMs: number): Promise<void> {
    const head = await this.options.eventStore.headOf(this.options.categories);
    const deadline = performance.now() + deadlineMs;
    while (!(await this.reachedSoon(head, deadline))) {
      if (performance.now() >= deadline) {
        throw new OperationalError(`not at position ${head} within ${deadlineMs} ms`);
      }
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.watching);
    const { run } = this;
    this.run = undefined;
    await run?.subscription.stop();
    await this.ending;
  }

  private async reachedSoon(head: Position, deadline: number): Promise<boolean> {
    const leftMs = Math.max(0, deadline - performance.now());
    if (this.run !== undefined) {
      if (head > this.gate.position) this.hurry();
      return this.gate.reachedWithin(head, Math.min(leftMs, SLICE_MS));
    }
    const position = await this.checkpoints.read(this.options.key);
    this.moveTo(position);
    if (position >= head) return true;
    await sleep(Math.min(leftMs, POLL_MS));
    return false;
  }

  private beginAt(position: Position): void {
    const { name, eventStore, categories, batchSizeMax, onError } = this.options;
    const { lingerMs, isLight } = this.options;
    const former = this.run;
    // Without waiting: it may be the former one's batch that asks for this.
    if (former !== undefined) this.ending = Promise.all([this.ending, former.subscription.stop()]);
    this.gate.reset();
    this.moveTo(position);
    const subscription = eventStore.subscribe({
      ...{ name, categories, batchSizeMax, lingerMs, ...(isLight && { isLight }) },
      after: position,
      onBatch: (events) => this.takeIn(run, events),
      ...(onError && { onError }),
    });
    const run: FeedRun = { subscription, position, busy: false };
    this.run = run;
  }

  private async takeIn(run: FeedRun, events: readonly RecordedEvent[]): Promise<void> {
    run.busy = true;
    try {
      const to = events.at(-1)?.position ?? START;
      while (this.run === run && run.position < to) await this.takeOnce(run, events);
    } finally {
      run.busy = false;
    }
  }

  private async takeOnce(run: FeedRun, events: readonly RecordedEvent[]): Promise<void> {
    const from = run.position;
    const left = events.filter((event) => event.position > from);
    const to = left.at(-1)?.position ?? from;
    if (await this.options.take(left, { from, to })) {
      run.position = to;
      if (this.run === run) this.moveTo(to);
      return;
    }
    const actual = await this.checkpoints.begin(this.options.key);
    if (this.run === run) this.continueAt(run, actual);
  }

  private continueAt(run: FeedRun, position: Position): void {
    // Emptied for a rebuild, or a server that lost its last moments: events are needed again.
    if (position < run.position) this.beginAt(position);
    else {
      run.position = position;
      this.moveTo(position);
    }
  }

  private async watch(): Promise<void> {
    const { run } = this;
    if (run === undefined || run.busy) return;
    const before = run.position;
    const position = await this.checkpoints.read(this.options.key);
    if (this.isAtRest(run, before) && position !== before) this.continueAt(run, position);
  }

  private isAtRest(run: FeedRun, position: Position): boolean {
    return this.run === run && !run.busy && run.position === position;
  }

  private moveTo(position: Position): void {
    this.gate.advance(position);
    this.options.onMoved?.(position);
  }
}

interface FeedRun {
  readonly subscription: ReturnType<EventFeed['subscribe']>;
  /** Where the checkpoint is, as far as it knows. */
  position: Position;
  busy: boolean;
}
