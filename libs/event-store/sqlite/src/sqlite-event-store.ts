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
import type Database from 'better-sqlite3';
import { Committer } from './committer';
import { type SqliteLimits, withDefaults } from './limits';
import { openForReading, openForWriting } from './open-database';
import { SqliteSnapshots } from './snapshots';
import { type StoreParts, openParts } from './store-parts';
import { Writer } from './writer';

export interface SqliteEventStoreOptions {
  /** In a folder that is there and that only this process uses (`DataFolderLock`). */
  readonly file: string;
  /**
   * A commit failed, a full disk for example. The store answers nothing any more; the process
   * should end, and its restart reads what the disk holds.
   */
  readonly onFatal?: (error: Error) => void;
  readonly limits?: Partial<SqliteLimits>;
  /** For tests: events are frozen, so that a change of a shared event throws. */
  readonly freezeEvents?: boolean;
}

/** The embedded event store: one SQLite file, one writer, commits in a thread of their own. */
export class SqliteEventStore implements EventStore {
  readonly soleWriter = true;
  readonly snapshots: SnapshotStore;

  private readonly parts: StoreParts;
  private readonly committer: Committer;
  private readonly writer: Writer;
  private readonly subscriptions = new Set<Subscription>();
  private readonly listeners = new Set<() => void>();
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly db: Database.Database,
    { file, onFatal, limits: given = {}, freezeEvents = false }: SqliteEventStoreOptions,
  ) {
    const limits = withDefaults(given);
    const parts = openParts(db, limits);
    const { heads, recent, reader, index } = parts;
    const snapshots = new SqliteSnapshots(db, limits.pendingSnapshotsMax);
    this.parts = parts;
    this.snapshots = snapshots;
    this.committer = new Committer({
      ...{ file, index, heads, snapshots },
      isPending: () => this.writer.isPending,
      onCommitted: (batch) => {
        this.writer.committed(batch);
      },
      onFailure: (reason) => {
        this.writer.fail(reason);
      },
    });
    this.writer = new Writer({
      ...{ heads, recent, reader, index, committer: this.committer },
      ...{ last: index.headOf(), limits, freezeEvents },
      onCommitted: (before) => {
        // What was just committed stays until the next commit, for those who are woken by it.
        parts.feed.releaseRead(before);
        parts.feed.wakeWaiters();
        for (const listener of this.listeners) listener();
      },
      onFailure: (error) => onFatal?.(error),
    });
  }

  static open(options: SqliteEventStoreOptions): SqliteEventStore {
    // Whoever writes next, in its own thread, finds the tables there and of the right version.
    openForWriting(options.file).close();
    return new SqliteEventStore(openForReading(options.file), options);
  }

  append(request: AppendRequest): PendingAppend {
    try {
      const appended = this.writer.accept(request);
      return {
        accepted: appended,
        durable: this.writer.whenDurable(appended.position),
      };
    } catch (error) {
      return refused(error);
    }
  }

  async readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): Promise<readonly RecordedEvent[]> {
    this.writer.assertOpen();
    const accepted = this.parts.heads.get(stream);
    if (accepted === undefined) return [];
    await this.writer.whenDurable(accepted.position);
    const head = this.parts.reader.headBefore(
      { stream, ...(this.parts.heads.get(stream) ?? accepted) },
      this.writer.durable,
    );
    return head === undefined ? [] : this.parts.reader.read(head, options);
  }

  isAbsent(stream: string): boolean {
    this.writer.assertOpen();
    return this.parts.heads.isAbsent(stream);
  }

  async readAll({ after, categories, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.writer.assertOpen();
    const page = await this.parts.feed.page(after, {
      categories,
      limit: Math.min(limit ?? READ_EVENTS_MAX, READ_EVENTS_MAX),
    });
    return page.events;
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.writer.assertOpen();
    const reader = this.parts.feed.openReader(options);
    const feed = runFeed(reader, options);
    const subscription: Subscription = {
      hurry: feed.hurry,
      stop: async () => {
        await feed.stop();
        reader.close();
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  headOf(categories?: readonly string[]): Promise<Position> {
    return Promise.resolve(this.parts.index.headOf(categories));
  }

  /**
   * For whoever wants to know that there is more, not what. `listener` must not throw. Answers how to
   * end it.
   */
  onCommitted(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    const closed = await this.writer.close();
    await this.committer.close(closed === 'intact');
    this.db.close();
  }
}

function refused(reason: unknown): PendingAppend {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const durable: PendingAppend['durable'] = Promise.reject(error);
  durable.catch(() => undefined);
  return { accepted: Promise.reject(error), durable };
}
