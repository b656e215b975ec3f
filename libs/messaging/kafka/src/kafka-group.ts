import {
  KafkaJSNonRetriableError,
  type Consumer as KafkaConsumer,
  type EachBatchPayload,
  type Kafka,
} from 'kafkajs';
import { Defect } from '@fidelis/kernel';
import {
  GroupConsumer,
  reasonOf,
  type Consumer,
  type Delivery,
  type DeliveryOptions,
  type Disturbance,
  type Failure,
  type GroupHooks,
  type GroupStatus,
} from '@fidelis/messaging';
import { Commits } from './commits';
import { ConsumerWatch } from './consumer-watch';
import { RETRY, untilKnown } from './kafka-client';
import type { KafkaTiming } from './kafka-bus-options';
import { PartitionFeed, type TakenBatch } from './partition-feed';

export interface KafkaGroupOptions {
  readonly kafka: Kafka;
  readonly delivery: DeliveryOptions;
  readonly timing: KafkaTiming;
  readonly hooks: GroupHooks;
  readonly keepDeadLetter: (delivery: Delivery, failure: Failure) => Promise<void>;
  readonly disturbance?: Disturbance | undefined;
}

/** Bounds what one fetch of all partitions brings into memory. */
const FETCH_BYTES_MAX = 4 * 1024 * 1024;
/** A partition gets this much room, however many there are. */
const OPEN_MIN = 200;

/**
 * One group's part in this replica. kafkajs fetches, but decides nothing: messages are handed over
 * as they come, whoever is slow is paused, and only what is done below everything else is committed.
 */
export class KafkaGroup {
  readonly consumer: GroupConsumer;
  readonly topics: readonly string[];
  private readonly source: KafkaConsumer;
  private readonly feeds = new Map<string, PartitionFeed>();
  private readonly commits: Commits;
  private readonly watch: ConsumerWatch;
  private memberId = '';
  private closing = false;

  constructor(
    readonly group: string,
    consumers: readonly Consumer[],
    private readonly options: KafkaGroupOptions,
  ) {
    const { kafka, delivery, timing, hooks } = options;
    this.consumer = new GroupConsumer(group, consumers, { options: delivery, hooks });
    const contracts = consumers.flatMap((consumer) => consumer.contracts);
    this.topics = [...new Set(contracts.map(({ topic }) => topic))];
    this.source = kafka.consumer({
      groupId: group,
      sessionTimeout: timing.sessionTimeoutMs,
      heartbeatInterval: timing.heartbeatEveryMs,
      maxWaitTimeInMs: timing.pollMs,
      maxBytes: FETCH_BYTES_MAX,
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
    this.commits = new Commits({
      feeds: () => this.feeds.values(),
      everyMs: timing.commitEveryMs,
      onError: (error) => hooks.onProblem({ kind: 'offsets-not-kept', group, error }),
    });
    this.watch = new ConsumerWatch(this.source, {
      ...{ kafka, silenceMaxMs: timing.silenceMaxMs },
      onRestart: (error) => {
        this.lose(this.feeds.values());
        hooks.onProblem({ kind: 'source', group, error });
      },
      onDead: (error) => this.fail(error),
    });
  }

  async start(): Promise<void> {
    const { events } = this.source;
    this.source.on(events.GROUP_JOIN, ({ payload }) => {
      // A member that was away came back under a new name: others were here meanwhile.
      if (payload.memberId !== this.memberId) this.lose(this.feeds.values());
      this.memberId = payload.memberId;
      this.assign(payload.memberAssignment);
    });
    // While the group gathers, what is done can still be committed.
    this.source.on(events.REBALANCING, () => void this.commits.now());
    // Of records that are nobody's message, such as the end of a transaction.
    this.source.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      this.feeds.get(keyOf(payload.topic, payload.partition))?.passed(Number(payload.lastOffset));
    });
    await this.source.connect();
    const subscription = { topics: [...this.topics], fromBeginning: true };
    await untilKnown(() => this.source.subscribe(subscription));
    await this.source.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.onBatch(payload),
    });
    this.watch.start();
    this.commits.start();
  }

  /** The feed of a partition that is this replica's. */
  feedOf(topic: string, partition: number): PartitionFeed | undefined {
    return this.feeds.get(keyOf(topic, partition));
  }

  async commit(): Promise<void> {
    await this.commits.now();
  }

  status(): GroupStatus {
    const { inFlight, keysRetrying, handled } = this.consumer;
    const feeds = [...this.feeds.values()];
    const position = feeds.map(({ topic, partition, resumeAt = '-' }) => {
      return `${topic}/${partition}@${resumeAt}`;
    });
    const lag = feeds.reduce((sum, feed) => sum + feed.lag, 0);
    return {
      ...{ group: this.group, position: position.join(' ') },
      ...{ inFlight, keysRetrying, handled, lag },
    };
  }

  /** Takes no more, lets the handlers in flight end, commits what is done, leaves the group. */
  async close(): Promise<void> {
    this.closing = true;
    this.watch.stop();
    await this.consumer.close();
    await this.commits.end();
    await this.source.disconnect();
  }

  /** Ends as a crash would: nothing more is committed. For tests. */
  async abandon(): Promise<void> {
    this.commits.stop();
    this.lose(this.feeds.values());
    await this.close();
  }

  private async onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (this.closing || !payload.isRunning() || payload.isStale()) return;
    this.commits.through((offsets) => payload.commitOffsetsIfNecessary(offsets));
    try {
      const feed = this.feedFor(batch);
      await feed.take(batch);
      if (!feed.gone) payload.resolveOffset(batch.lastOffset());
    } catch (error) {
      this.fail(error);
    }
  }

  private feedFor(batch: TakenBatch & { topic: string; partition: number }): PartitionFeed {
    const feed = this.feeds.get(keyOf(batch.topic, batch.partition));
    if (feed !== undefined && !feed.isSetBackBy(batch)) return feed;
    if (feed !== undefined) feed.gone = true;
    return this.open(batch.topic, batch.partition);
  }

  /**
   * Every partition begins at its committed offset again. One that stays here goes on where it is;
   * what waits of one that left is dropped, for its new owner gets it.
   */
  private assign(assignment: Readonly<Record<string, number[]>>): void {
    const mine = new Set(
      Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => keyOf(topic, partition)),
      ),
    );
    this.lose([...this.feeds].filter(([key]) => !mine.has(key)).map(([, feed]) => feed));
    for (const { topic, partition, next } of this.feeds.values()) {
      if (next !== undefined) this.source.seek({ topic, partition, offset: String(next) });
    }
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        if (!this.feeds.has(keyOf(topic, partition))) this.open(topic, partition);
      }
    }
  }

  private open(topic: string, partition: number): PartitionFeed {
    const { delivery, keepDeadLetter, disturbance } = this.options;
    const place = [{ topic, partitions: [partition] }];
    const feed = new PartitionFeed({
      ...{ topic, partition, keepDeadLetter, disturbance },
      consumer: this.consumer,
      openMax: () => Math.max(OPEN_MIN, delivery.queuedMax / this.feeds.size),
      spanMax: delivery.spanMax,
      pause: () => this.ifRunning(() => this.source.pause(place)),
      resume: () => this.ifRunning(() => this.source.resume(place)),
    });
    // kafkajs remembers what was paused when the partition was here before.
    this.ifRunning(() => this.source.resume(place));
    this.feeds.set(keyOf(topic, partition), feed);
    return feed;
  }

  /** kafkajs has no group to speak of while it begins anew; then nothing is paused either. */
  private ifRunning(change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!(error instanceof KafkaJSNonRetriableError)) throw error;
    }
  }

  private lose(feeds: Iterable<PartitionFeed>): void {
    for (const feed of [...feeds]) {
      feed.gone = true;
      this.feeds.delete(keyOf(feed.topic, feed.partition));
    }
  }

  private fail(cause: unknown): void {
    if (this.closing) return;
    this.closing = true;
    this.commits.stop();
    void this.consumer.close();
    const error = new Defect(`the consumer of ${this.group} has ended: ${reasonOf(cause)}`);
    this.options.hooks.onDefect(error);
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
