import type { Kysely } from 'kysely';
import type { EventFeed, RecordedEvent } from '@fidelis/event-store';
import { CheckpointedFeed, type CheckpointMove } from '@fidelis/projections';
import { inSpan } from '@fidelis/tracing';
import { leftByOthers } from './await-others';
import type { Process } from './process';

export interface ProcessRunnerOptions {
  readonly service: string;
  readonly eventStore: EventFeed;
  /** Keeps its checkpoint. */
  readonly db: Kysely<never>;
  readonly process: Process;
  /** Events of different streams that are worked on side by side: `LANES_MAX`. */
  readonly lanesMax?: number;
  readonly batchSizeMax?: number;
  readonly onError?: (error: unknown) => void;
}

const LANES_MAX = 32;

/** What it finishes may be late by this while much is written. */
const LINGER_MS = 100;

/** Feeds one process from the store; its checkpoint moves after the effect is durable. */
export class ProcessRunner {
  private readonly feed: CheckpointedFeed;
  private stopping = new AbortController();

  constructor(private readonly options: ProcessRunnerOptions) {
    const { service, eventStore, db, process, batchSizeMax, onError } = options;
    this.feed = new CheckpointedFeed({
      name: `${service}.${process.name}`,
      key: this.key,
      ...{ eventStore, db, onError },
      categories: process.categories,
      batchSizeMax: batchSizeMax ?? 500,
      lingerMs: LINGER_MS,
      // Most events need nothing of it: whoever wrote them did the rest, too.
      isLight: () => true,
      take: (events, move) => this.take(events, move),
    });
  }

  prepare(): Promise<void> {
    return this.feed.checkpoints.create();
  }

  async start(): Promise<void> {
    await this.prepare();
    this.stopping = new AbortController();
    await this.feed.start();
  }

  /** Waits until every event that is in the store now was reacted to, here or on another replica. */
  reachHead(deadlineMs: number): Promise<void> {
    return this.feed.reachHead(deadlineMs);
  }

  /** What waits for other replicas ends without an effect and comes again, here or elsewhere. */
  stop(): Promise<void> {
    this.stopping.abort();
    return this.feed.stop();
  }

  private get lanesMax(): number {
    return this.options.lanesMax ?? LANES_MAX;
  }

  private get key(): string {
    return `process:${this.options.process.name}`;
  }

  private async take(events: readonly RecordedEvent[], move: CheckpointMove): Promise<boolean> {
    const { process } = this.options;
    const left = await this.leftOf(events);
    if (left === undefined) return false;
    if (process.reactToBatch === undefined) await this.reactInLanes(left);
    else await process.reactToBatch(left);
    return this.feed.checkpoints.advance(this.key, move);
  }

  /** `undefined`: it was stopped before it knew. */
  private async leftOf(
    events: readonly RecordedEvent[],
  ): Promise<readonly RecordedEvent[] | undefined> {
    const { signal } = this.stopping;
    const { grace } = this.options.process;
    const left = await this.notDone(events);
    if (grace === undefined || left.length === 0) return left;
    return leftByOthers(left, grace, { lanesMax: this.lanesMax, signal });
  }

  private async notDone(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    const { process } = this.options;
    if (process.isDone === undefined) return events;
    const left: RecordedEvent[] = [];
    for (const event of events) {
      const done = process.isDone(event);
      if (!(typeof done === 'boolean' ? done : await done)) left.push(event);
    }
    return left;
  }

  /** Within the trace of what caused the event. */
  private react(event: RecordedEvent): Promise<void> {
    const { service, process } = this.options;
    const about = { name: `${service}.${process.name}`, kind: 'internal' as const };
    return inSpan({ ...about, parent: event.metadata.traceparent }, () => process.react(event));
  }

  private async reactInLanes(events: readonly RecordedEvent[]): Promise<void> {
    const lanes = [...byStream(events).values()];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let lane = lanes[next++]; lane !== undefined; lane = lanes[next++]) {
        for (const event of lane) await this.react(event);
      }
    };
    const workers = Math.min(this.lanesMax, lanes.length);
    const ended = await Promise.allSettled(Array.from({ length: workers }, work));
    for (const result of ended) if (result.status === 'rejected') throw result.reason;
  }
}

function byStream(events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const lane = streams.get(event.stream);
    if (lane === undefined) streams.set(event.stream, [event]);
    else lane.push(event);
  }
  return streams;
}
