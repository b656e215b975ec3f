import {
  type AppendRequest,
  type Appended,
  type EventStore,
  type PendingAppend,
  type Position,
  READ_EVENTS_MAX,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  START,
  type SubscribeOptions,
  type Subscription,
  runFeed,
} from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { MemoryFeed } from './memory-feed';
import { MemoryLog } from './memory-log';
import { MemorySnapshots } from './memory-snapshots';

/**
 * The event store of unit tests. It behaves as SQLite's does, down to `durable` one turn of the
 * event loop after `accepted`; its events are frozen, so that nobody comes to depend on changing one.
 */
export class MemoryEventStore implements EventStore {
  readonly soleWriter = true;
  readonly snapshots = new MemorySnapshots();
  private readonly log = new MemoryLog();
  private readonly feed = new MemoryFeed(this.log);
  private readonly subscriptions = new Set<Subscription>();
  private commit: Promise<void> | undefined;
  private answersToLose = 0;
  private closed = false;

  append(request: AppendRequest): PendingAppend {
    try {
      this.assertOpen();
      const appended = this.log.append(request);
      if (this.answersToLose > 0) return this.withoutAnswer(request.stream);
      return { accepted: appended, durable: this.whenDurable(appended) };
    } catch (error) {
      return refused(error);
    }
  }

  async readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): Promise<readonly RecordedEvent[]> {
    this.assertOpen();
    await this.commit;
    const events = this.log.durableOf(stream);
    const limit = Math.min(options.limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX);
    if (options.direction === 'backwards') {
      const end = Math.min((options.fromRevision ?? Infinity) + 1, events.length);
      return events.slice(Math.max(0, end - limit), end).reverse();
    }
    const from = options.fromRevision ?? 0;
    return events.slice(from, from + limit);
  }

  async readAll({ after, categories, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.assertOpen();
    const limitOrMax = Math.min(limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX);
    return (await this.feed.page(after, { categories, limit: limitOrMax })).events;
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.assertOpen();
    const feed = runFeed(this.feed, options);
    const subscription: Subscription = {
      hurry: feed.hurry,
      stop: async () => {
        await feed.stop();
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  headOf(categories?: readonly string[]): Promise<Position> {
    return Promise.resolve(this.log.headOf(categories));
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await this.commit;
    this.closed = true;
  }

  /** For tests: the next append takes effect, but its caller never learns of it. */
  loseNextAnswer(): void {
    this.answersToLose += 1;
  }

  private withoutAnswer(stream: string): PendingAppend {
    this.answersToLose -= 1;
    void this.whenDurable({ revision: START, position: Number.MAX_SAFE_INTEGER });
    return refused(
      new OperationalError(`${stream}: the store did not answer`, { outcomeUnknown: true }),
    );
  }

  private whenDurable({ position }: Appended): Promise<void> {
    if (position <= this.log.headOf()) return Promise.resolve();
    this.commit ??= new Promise((resolve) => {
      setImmediate(() => {
        this.commit = undefined;
        this.log.commit();
        resolve();
        this.feed.wakeWaiters();
      });
    });
    return this.commit;
  }

  private assertOpen(): void {
    if (this.closed) throw new OperationalError('the event store is closed');
  }
}

function refused(reason: unknown): PendingAppend {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const durable: PendingAppend['durable'] = Promise.reject(error);
  durable.catch(() => undefined);
  return { accepted: Promise.reject(error), durable };
}
