import {
  type ChangedOptions,
  type EventFeed,
  type FeedPage,
  type FeedSource,
  FeedWaiters,
  type PageOptions,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
  type Subscription,
  runFeed,
} from '@fidelis/event-store';
import type Database from 'better-sqlite3';
import { CategoryIndex } from './category-index';
import { BLOCK_POSITIONS, EventLog } from './event-log';
import { FollowedEvents, type FollowedEventsLimits } from './followed-events';
import { openForReading } from './open-database';
import { toRecordedEvent } from './stored-event';

export interface SqliteEventFollowerOptions {
  readonly file: string;
  /** Of all its subscribers: other events are passed over without being read. */
  readonly categories: readonly string[];
  readonly limits?: FollowedEventsLimits;
}

/** How far the writer is, at one moment. */
export interface FeedHeads {
  /** The last durable event. */
  readonly head: Position;
  /** The last one of each of the followed categories. */
  readonly heads: ReadonlyMap<string, Position>;
}

/** Views linger for half a second and work for as long: what an import writes in about a second. */
const LIMITS: FollowedEventsLimits = { eventsMax: 32_768, bytesMax: 24 * 1024 * 1024 };
/** Positions looked at in one go: about 10 ms. */
const READ_POSITIONS = 2 * BLOCK_POSITIONS;

/**
 * The feed of a store's file beside its writer, in another thread: by a read-only connection of its
 * own, as far as the writer says. Each event is read and parsed once for all who follow at the head.
 */
export class SqliteEventFollower implements EventFeed {
  private readonly log: EventLog;
  private readonly index: CategoryIndex;
  private readonly recent: FollowedEvents;
  private heads: ReadonlyMap<string, Position> = new Map();
  private readonly waiters = new FeedWaiters((categories) => this.headNow(categories));
  private readonly subscriptions = new Set<Subscription>();
  private readonly readers = new Set<FollowReader>();
  /** By length. */
  private readonly lingerEnds = new Map<number, number>();
  private head: Position;
  private readTo: Position;

  private constructor(
    private readonly db: Database.Database,
    private readonly options: SqliteEventFollowerOptions,
  ) {
    this.log = new EventLog(db);
    this.index = new CategoryIndex(db, this.log);
    this.head = this.index.headOf();
    this.readTo = this.head;
    this.recent = new FollowedEvents(this.head, options.limits ?? LIMITS);
  }

  static open(options: SqliteEventFollowerOptions): SqliteEventFollower {
    return new SqliteEventFollower(openForReading(options.file), options);
  }

  /** The writer tells that more is durable. */
  moved({ head, heads }: FeedHeads): void {
    // It may have read more when it opened than the writer had told.
    if (head <= this.head) return;
    this.head = head;
    this.heads = heads;
    this.waiters.wake();
  }

  headOf(categories?: readonly string[]): Promise<Position> {
    return Promise.resolve(this.headNow(categories));
  }

  subscribe(options: SubscribeOptions): Subscription {
    const reader = new FollowReader(this);
    this.readers.add(reader);
    const feed = runFeed(reader, options);
    const subscription: Subscription = {
      hurry: feed.hurry,
      stop: async () => {
        await feed.stop();
        this.readers.delete(reader);
        this.subscriptions.delete(subscription);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  /**
   * All who linger equally long do so until the same moment: then they take the same events, and
   * nothing has to be kept for those who come later.
   */
  lingerUntil(now: number, ms: number): number {
    const end = this.lingerEnds.get(ms);
    if (end !== undefined && end > now) return end;
    this.lingerEnds.set(ms, now + ms);
    return now + ms;
  }

  /** Events that every subscriber has taken are not kept. */
  release(): void {
    let taken = this.readTo;
    for (const { place } of this.readers) if (place < taken) taken = place;
    this.recent.release(taken);
  }

  /** Not all that there is up to the head, and perhaps nothing: then the next page follows at once. */
  async page(after: Position, options: PageOptions): Promise<FeedPage> {
    const isAtItsEnd = after >= this.recent.start && after >= this.readTo;
    // One stretch at most: others must take it, too, before there is more.
    if (isAtItsEnd && this.readTo < this.head) this.readOn();
    return after < this.recent.start
      ? this.pageFromLog(after, options)
      : this.pageFromMemory(after, options);
  }

  changed(after: Position, options: ChangedOptions): Promise<void> {
    return this.waiters.wait(after, options);
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    this.db.close();
  }

  private headNow(categories: readonly string[] | undefined): Position {
    if (categories === undefined) return this.head;
    let head = this.index.headOf(categories);
    for (const category of categories) head = Math.max(head, this.heads.get(category) ?? head);
    return head;
  }

  private pageFromMemory(after: Position, options: PageOptions): FeedPage {
    const events = this.recent.after(after, options);
    const last = events.length === options.limit ? events.at(-1)?.position : undefined;
    // Whoever read for himself may be further.
    const lookedTo = last ?? Math.max(after, this.readTo);
    return { events, lookedTo, atHead: lookedTo >= this.head };
  }

  private readOn(): void {
    const { categories } = this.options;
    const to = Math.min(this.head, this.readTo + READ_POSITIONS);
    const limit = READ_POSITIONS;
    for (const row of this.log.scanCategories(categories, { from: this.readTo + 1, to, limit })) {
      this.recent.push(toRecordedEvent(row), row[6].length + row[7].length);
    }
    this.readTo = to;
  }

  /** Somebody who is far behind reads for himself. */
  private async pageFromLog(after: Position, options: PageOptions): Promise<FeedPage> {
    const { categories = this.options.categories, limit } = options;
    const [head, end] = [this.head, this.headNow(categories)];
    const events: RecordedEvent[] = [];
    let from = this.index.skipTo(categories, after + 1);
    while (from <= end && events.length < limit) {
      const to = Math.min(end, from - (from % BLOCK_POSITIONS) + BLOCK_POSITIONS - 1);
      const wanted = limit - events.length;
      for (const row of this.log.scanCategories(categories, { from, to, limit: wanted })) {
        events.push(toRecordedEvent(row));
      }
      // Scanning what others wrote must not keep those who follow at the head.
      await new Promise((resolve) => setImmediate(resolve));
      from = this.index.skipTo(categories, to + 1);
    }
    const last = events.length === limit ? events.at(-1)?.position : undefined;
    const lookedTo = last ?? Math.max(after, head);
    return { events, lookedTo, atHead: lookedTo >= head };
  }
}

/** The follower as one subscription reads it, which tells how far that is. */
class FollowReader implements FeedSource {
  /** The last event that it needs no more. Whoever waits at the head needs none so far. */
  place = Number.POSITIVE_INFINITY;

  constructor(private readonly follower: SqliteEventFollower) {}

  async page(after: Position, options: PageOptions): Promise<FeedPage> {
    this.place = after;
    const page = await this.follower.page(after, options);
    this.place = page.lookedTo;
    this.follower.release();
    return page;
  }

  async changed(after: Position, options: ChangedOptions): Promise<void> {
    this.place = Number.POSITIVE_INFINITY;
    await this.follower.changed(after, options);
    this.place = after;
  }

  lingerUntil(now: number, ms: number): number {
    return this.follower.lingerUntil(now, ms);
  }
}
