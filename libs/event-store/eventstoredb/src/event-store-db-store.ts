import {
  type AppendRequest,
  type EventStore,
  type PendingAppend,
  type Position,
  READ_EVENTS_MAX,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SnapshotStore,
  type SubscribeOptions,
  type Subscription,
  runFeed,
} from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { Appender } from './appender';
import { BatchAppends } from './batch-appends';
import { CategorySets } from './category-sets';
import { Connection, within } from './connection';
import { Feed } from './feed';
import { Heads } from './heads';
import type { KeptCategories } from './kept-categories';
import { type EventStoreDbLimits, withDefaults } from './limits';
import { Reader } from './reader';
import { Search } from './search';
import { Turns } from './turns';

export interface EventStoreDbStoreOptions {
  /** `esdb://…`; TLS and credentials in it go to the client and are never written anywhere. */
  readonly url: string;
  /** Snapshots and the operation index have no place in the event store itself: see ADR 0009. */
  readonly snapshots: SnapshotStore;
  /** Where categories are known up to: without it each process searches the log from its beginning. */
  readonly categories?: KeptCategories;
  readonly limits?: Partial<EventStoreDbLimits>;
}

/** The event store of several processes: EventStoreDB (22.6 or later) or KurrentDB. */
export class EventStoreDbStore implements EventStore {
  readonly soleWriter = false;
  readonly snapshots: SnapshotStore;

  private readonly connection: Connection;
  private readonly reader: Reader;
  private readonly appender: Appender;
  private readonly feed: Feed;
  private readonly heads: Heads;
  private readonly sets: CategorySets;
  private readonly turns: Turns;
  private readonly subscriptions = new Set<Subscription>();
  private readonly deadlineMs: number;
  private closing: Promise<void> | undefined;
  private closed = false;

  constructor(options: EventStoreDbStoreOptions) {
    const limits = withDefaults(options.limits ?? {});
    this.snapshots = options.snapshots;
    this.deadlineMs = limits.deadlineMs;
    this.connection = Connection.open(options.url);
    this.reader = new Reader(this.connection, limits);
    this.appender = new Appender(new BatchAppends(this.connection), this.reader, limits);
    const { reader } = this;
    const search = new Search(this.connection, reader, limits);
    this.sets = new CategorySets({ reader, search, limits, kept: options.categories });
    this.feed = new Feed(this.connection, this.sets, { reader, limits });
    this.heads = new Heads(this.sets, this.feed, { reader, limits });
    this.turns = new Turns(limits.appendsInFlightMax);
  }

  /** Accepted and durable are one: the server answers when a quorum has it on disk. */
  append(request: AppendRequest): PendingAppend {
    const accepted = this.appendWhenOpen(request);
    const durable = accepted.then(() => undefined);
    durable.catch(() => undefined);
    return { accepted, durable };
  }

  async readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): Promise<readonly RecordedEvent[]> {
    this.assertOpen();
    return this.reader.readStream(stream, options);
  }

  /** Through however much log: it ends with the first events that it finds, or at the end. */
  async readAll({ after, categories, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const limitOrMax = Math.min(limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX);
    if (limitOrMax <= 0) return [];
    for (let from = after; ;) {
      this.assertOpen();
      const page = await this.sets.page(from, { categories, limit: limitOrMax });
      if (page.events.length > 0 || page.atEnd) return page.events;
      from = page.lookedTo;
    }
  }

  indexCategories(categories: readonly string[]): void {
    this.sets.index(categories);
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.assertOpen();
    this.feed.want(options.categories);
    const forget = this.feed.onError((error) => options.onError?.(error));
    const feed = runFeed(this.feed, options);
    const subscription: Subscription = {
      hurry: feed.hurry,
      stop: async () => {
        forget();
        await feed.stop();
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  async headOf(categories?: readonly string[]): Promise<Position> {
    this.assertOpen();
    return this.heads.headOf(categories);
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async appendWhenOpen(request: AppendRequest) {
    this.assertOpen();
    return this.turns.take(() => this.appender.append(request));
  }

  private async closeOnce(): Promise<void> {
    const subscriptions = [...this.subscriptions].map((subscription) => subscription.stop());
    const stopped = Promise.all([...subscriptions, this.feed.close()]);
    // Handlers may still append; a read that a silent server does not answer is cut off below.
    await within(stopped, 'close', this.deadlineMs).catch(() => undefined);
    this.closed = true;
    // Each has a deadline.
    await this.turns.allEnded();
    await within(this.sets.keep(), 'close', this.deadlineMs).catch(() => undefined);
    await this.connection.close();
    await stopped;
  }

  private assertOpen(): void {
    if (this.closed) throw new OperationalError('the event store is closed');
  }
}
