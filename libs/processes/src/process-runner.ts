import type { Kysely } from 'kysely';
import type { EventFeed, RecordedEvent, Subscription } from '@fidelis/event-store';
import { Checkpoints, ReachedGate } from '@fidelis/projections';
import type { Process } from './process';

export interface ProcessRunnerOptions {
  readonly service: string;
  readonly eventStore: EventFeed;
  /** Keeps its checkpoint. */
  readonly db: Kysely<never>;
  readonly process: Process;
  /** Events of different streams that are worked on side by side: 32. */
  readonly lanesMax?: number;
  readonly batchSizeMax?: number;
  readonly onError?: (error: unknown) => void;
}

/** What it finishes may be late by this while much is written. */
const LINGER_MS = 100;

/** Feeds one process from the store; its checkpoint moves after the effect is durable. */
export class ProcessRunner {
  private readonly checkpoints: Checkpoints;
  private readonly gate = new ReachedGate();
  private subscription: Subscription | undefined;

  constructor(private readonly options: ProcessRunnerOptions) {
    this.checkpoints = new Checkpoints(options.db);
  }

  async start(): Promise<void> {
    const { eventStore, process, service, onError } = this.options;
    await this.checkpoints.create();
    this.gate.advance(await this.checkpoints.read(this.key));
    this.subscription = eventStore.subscribe({
      name: `${service}.${process.name}`,
      after: this.gate.position,
      categories: process.categories,
      batchSizeMax: this.options.batchSizeMax ?? 500,
      lingerMs: LINGER_MS,
      onBatch: (events) => this.take(events),
      ...(onError && { onError }),
    });
  }

  /** Waits until it has reacted to every event that is in the store now. */
  async reachHead(deadlineMs: number): Promise<void> {
    const head = await this.options.eventStore.headOf(this.options.process.categories);
    if (head > this.gate.position) this.subscription?.hurry();
    await this.gate.reached(head, deadlineMs);
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
    this.subscription = undefined;
  }

  private get key(): string {
    return `process:${this.options.process.name}`;
  }

  private async take(events: readonly RecordedEvent[]): Promise<void> {
    const { process } = this.options;
    const left = await this.notDone(events);
    if (process.reactToBatch === undefined) await this.reactInLanes(left);
    else await process.reactToBatch(left);
    const last = events.at(-1);
    if (last === undefined) return;
    await this.checkpoints.advance(this.key, last.position);
    this.gate.advance(last.position);
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

  private async reactInLanes(events: readonly RecordedEvent[]): Promise<void> {
    const lanes = [...byStream(events).values()];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let lane = lanes[next++]; lane !== undefined; lane = lanes[next++]) {
        for (const event of lane) await this.options.process.react(event);
      }
    };
    const workers = Math.min(this.options.lanesMax ?? 32, lanes.length);
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
