import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import {
  type ChangedOptions,
  type FeedPage,
  type FeedSource,
  FeedWaiters,
  type PageOptions,
  type Position,
  START,
} from '@fidelis/event-store';
import { Coverage } from './coverage';
import { FeedConnection } from './feed-connection';
import type { CategorySets } from './category-sets';
import type { Connection } from './connection';
import type { EventStoreDbLimits } from './limits';
import type { Reader } from './reader';
import { RecentEvents } from './recent-events';
import { toPlacedEvent, toPosition } from './wire';

/**
 * One subscription to `$all` for the whole process, filtered to the categories that somebody
 * wants. Subscriptions that are near its head are served from memory, those far behind read pages
 * of their own until they are near it.
 */
export class Feed implements FeedSource {
  private readonly coverage = new Coverage();
  private readonly recent: RecentEvents;
  private readonly heads = new Map<string, Position>();
  private readonly waiters = new FeedWaiters((categories) => this.wakesBehind(categories));
  private readonly connection: FeedConnection;
  private head: Position = START;
  private place: Position = START;
  private wakeScheduled = false;

  constructor(
    connection: Connection,
    private readonly sets: CategorySets,
    { reader, limits }: { readonly reader: Reader; readonly limits: EventStoreDbLimits },
  ) {
    this.recent = new RecentEvents(limits);
    this.connection = new FeedConnection(connection, {
      reader,
      limits,
      coverage: this.coverage,
      place: () => this.place,
      onBegin: (end) => {
        // The first time it begins there; everything before is read in pages.
        if (!this.coverage.hasBegun) this.place = end;
        this.coverage.begin(end);
        this.scheduleWake();
      },
      onMessage: (message) => {
        this.take(message);
      },
    });
  }

  /** From now on these categories are followed, too. */
  want(categories: readonly string[] | undefined): void {
    if (this.coverage.want(categories)) this.connection.begin();
  }

  onError(listener: (error: unknown) => void): () => void {
    return this.connection.onError(listener);
  }

  /** Between which positions it has seen every event of these categories, if it follows them. */
  seen(
    categories: readonly string[] | undefined,
  ): { readonly since: Position; readonly to: Position } | undefined {
    const since = this.coverage.completeBehind(categories);
    return since === undefined ? undefined : { since, to: this.place };
  }

  /** The last event of these categories that has come by; `START` when none has. */
  headOf(categories: readonly string[] | undefined): Position {
    if (categories === undefined) return this.head;
    return Math.max(START, ...categories.map((category) => this.heads.get(category) ?? START));
  }

  async page(after: Position, { categories, limit }: PageOptions): Promise<FeedPage> {
    const from = this.servesBehind(categories);
    if (from !== undefined && after >= from) {
      const events = this.recent.behind(after, { categories, limit });
      const last = events.at(-1);
      if (last !== undefined && events.length === limit) {
        return { events, lookedTo: last.position, atHead: false };
      }
      return { events, lookedTo: Math.max(after, this.place), atHead: true };
    }
    // What the feed has seen before the read began, the read sees.
    const seen = this.seen(categories);
    const seenBefore = Math.max(seen?.to ?? START, seen?.since ?? START);
    const { events, lookedTo, atEnd } = await this.sets.page(after, {
      ...{ categories, limit, end: seenBefore },
    });
    return { events, lookedTo, atHead: atEnd };
  }

  changed(after: Position, options: ChangedOptions): Promise<void> {
    return this.waiters.wait(after, options);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** The position behind which memory has everything of these categories. */
  private servesBehind(categories: readonly string[] | undefined): Position | undefined {
    const complete = this.coverage.completeBehind(categories);
    if (complete === undefined) return undefined;
    return Math.max(complete, this.recent.completeBehind);
  }

  /** A subscription before this position has something to do: events, or a page of its own to read. */
  private wakesBehind(categories: readonly string[] | undefined): Position {
    const from = this.servesBehind(categories);
    return from === undefined ? START : Math.max(from, this.headOf(categories));
  }

  private take(message: ReadResp): void {
    const checkpoint = message.getCheckpoint();
    if (checkpoint !== undefined) {
      this.place = Math.max(this.place, toPosition(checkpoint.getCommitPosition()) ?? START);
      return;
    }
    const placed = toPlacedEvent(message);
    // After a reconnection the server may begin a little before the place that it was given.
    if (placed === undefined || placed.position <= this.place) return;
    const { event, position, bytes } = placed;
    this.place = position;
    if (event === undefined) return;
    this.recent.push(event, bytes);
    this.heads.set(event.category, position);
    this.head = position;
    this.scheduleWake();
  }

  /** Once for all that came in one turn of the event loop. */
  private scheduleWake(): void {
    if (this.wakeScheduled) return;
    this.wakeScheduled = true;
    setImmediate(() => {
      this.wakeScheduled = false;
      this.waiters.wake();
    });
  }
}
