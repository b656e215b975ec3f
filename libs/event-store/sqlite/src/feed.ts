import {
  type ChangedOptions,
  type FeedPage,
  type FeedSource,
  FeedWaiters,
  type PageOptions,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
} from '@fidelis/event-store';
import type { CategoryIndex } from './category-index';
import { BLOCK_POSITIONS, type EventLog } from './event-log';
import type { RecentEvents } from './recent-events';
import { toRecordedEvent } from './stored-event';

/** So many rows of other categories are passed over before other work gets its turn: about 3 ms. */
const SCAN_ROWS_MAX = 8 * BLOCK_POSITIONS;

/**
 * What has waited in memory for longer has outlived the young generation, whose collector copies it
 * twice and whose successor has to find it dead.
 */
const LIGHT_LINGER_MS = 5;

/** All durable events in order: from memory near the head, otherwise from the log. */
export class Feed implements FeedSource {
  private readonly waiters = new FeedWaiters((categories) => this.index.headOf(categories));
  private readonly readers = new Set<FeedReader>();

  constructor(
    private readonly log: EventLog,
    private readonly recent: RecentEvents,
    private readonly index: CategoryIndex,
  ) {}

  /** `reader`: whose categories these are. */
  async page(after: Position, options: PageOptions, reader?: FeedReader): Promise<FeedPage> {
    const end = this.index.headOf(options.categories);
    if (end <= after) return emptyPage(Math.max(after, this.index.headOf()));
    const { firstPosition, completeFrom } = this.recent;
    const kept = reader === undefined ? completeFrom : Math.max(firstPosition, reader.wantedFrom);
    if (after + 1 >= kept) return this.pageFromMemory(after, options);
    return this.pageFromLog(after, options);
  }

  changed(after: Position, options: ChangedOptions): Promise<void> {
    return this.waiters.wait(after, options);
  }

  newest(categories: readonly string[] | undefined): Position {
    return this.index.headOf(categories);
  }

  /** For one subscription: what it has still to read stays in memory, within the bounds. */
  openReader(wanted: Wanted): FeedReader {
    const reader = new FeedReader(this, wanted, this.recent.completeFrom);
    this.readers.add(reader);
    return reader;
  }

  close(reader: FeedReader): void {
    this.readers.delete(reader);
  }

  /** What nobody has still to read need not stay in memory. Called after each commit. */
  releaseRead(committedBefore: Position): void {
    let read = committedBefore;
    const behind: { readonly place: Position; readonly reader: FeedReader }[] = [];
    for (const reader of this.readers) {
      const { place } = reader;
      if (place >= committedBefore) continue;
      behind.push({ place, reader });
      if (place < read) read = place;
    }
    this.recent.release(read);
    this.recent.thin(committedBefore, ({ position, category }) =>
      behind.some(({ place, reader }) => place < position && reader.wants(category)),
    );
  }

  /** Called after each commit. */
  wakeWaiters(): void {
    this.waiters.wake();
  }

  private pageFromMemory(after: Position, { categories, limit }: PageOptions): FeedPage {
    const head = this.index.headOf();
    const events: RecordedEvent[] = [];
    let position = after;
    while (position < head && events.length < limit) {
      position += 1;
      const event = this.recent.at(position);
      if (event !== undefined && isOf(event.category, categories)) events.push(event);
    }
    return { events, lookedTo: position, atHead: position === head };
  }

  private async pageFromLog(after: Position, options: PageOptions): Promise<FeedPage> {
    const { categories, limit } = options;
    // What is committed while this page yields is left to the next one.
    const [head, end] = [this.index.headOf(), this.index.headOf(categories)];
    if (categories === undefined) {
      const events = this.log.scan({ from: after + 1, to: end, limit }).map(toRecordedEvent);
      const lookedTo = events.at(-1)?.position ?? head;
      return { events, lookedTo, atHead: lookedTo === head };
    }
    const events: RecordedEvent[] = [];
    let scanned = 0;
    let from = this.index.skipTo(categories, after + 1);
    while (from <= end) {
      const to = Math.min(end, from - (from % BLOCK_POSITIONS) + BLOCK_POSITIONS - 1);
      const wanted = limit - events.length;
      const rows = this.log.scanCategories(categories, { from, to, limit: wanted });
      for (const row of rows) events.push(toRecordedEvent(row));
      const last = events.at(-1);
      if (last !== undefined && events.length === limit) {
        return { events, lookedTo: last.position, atHead: last.position === head };
      }
      scanned += to + 1 - from;
      if (scanned >= SCAN_ROWS_MAX) {
        scanned = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
      from = this.index.skipTo(categories, to + 1);
    }
    return { events, lookedTo: head, atHead: true };
  }
}

type Wanted = Pick<SubscribeOptions, 'after' | 'categories'>;

/** A feed as one subscription reads it, which tells how far that is. */
export class FeedReader implements FeedSource {
  readonly lightLingerMs = LIGHT_LINGER_MS;
  private at: Position;
  private waits = false;

  constructor(
    private readonly feed: Feed,
    private readonly wanted: Wanted,
    /** Events before it may have been dropped from memory before anybody knew of this reader. */
    readonly wantedFrom: Position,
  ) {
    this.at = wanted.after;
  }

  /**
   * The last event that it needs no more. Whoever waits needs none so far, until there is something
   * for it: it comes back from its wait a little later.
   */
  get place(): Position {
    const hasNothing = this.waits && this.newest(this.wanted.categories) <= this.at;
    return hasNothing ? Number.POSITIVE_INFINITY : this.at;
  }

  wants(category: string): boolean {
    return isOf(category, this.wanted.categories);
  }

  close(): void {
    this.feed.close(this);
  }

  newest(categories: readonly string[] | undefined): Position {
    return this.feed.newest(categories);
  }

  async page(after: Position, options: PageOptions): Promise<FeedPage> {
    this.at = after;
    const page = await this.feed.page(after, options, this);
    this.at = page.lookedTo;
    return page;
  }

  async changed(after: Position, options: ChangedOptions): Promise<void> {
    this.at = after;
    this.waits = true;
    await this.feed.changed(after, options);
    this.waits = false;
  }
}

function emptyPage(lookedTo: Position): FeedPage {
  return { events: [], lookedTo, atHead: true };
}

function isOf(category: string, categories: readonly string[] | undefined): boolean {
  return categories === undefined || categories.includes(category);
}
