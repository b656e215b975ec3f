import { type Position, READ_EVENTS_MAX, type RecordedEvent, START } from '@fidelis/event-store';
import { AnswerLate, PlaceUnknown } from './failures';
import type { Feed } from './feed';
import type { KeptCategories, KeptRow } from './kept-categories';
import type { EventStoreDbLimits } from './limits';
import type { AllPage, Reader } from './reader';
import type { Search } from './search';

export interface CategorySetParts {
  readonly reader: Reader;
  readonly search: Search;
  readonly limits: EventStoreDbLimits;
  /** Absent: what is known ends with the process. */
  readonly kept?: KeptCategories | undefined;
}

export interface CategorySetOptions {
  /** Of what is kept of it. */
  readonly key: string;
  readonly categories: readonly string[];
  /** Its events are few: all of them are kept, not only where the last one is. */
  readonly indexed: boolean;
}

export interface SetPageOptions {
  readonly limit: number;
  /** See `SearchOptions`. */
  readonly end?: Position | undefined;
}

/**
 * What is known of some categories, because the log has no index of them: up to a place in it where
 * the last of their events is, and of an index all of them. Kept in the database now and then, so
 * that a process that starts reads only what is new since; shared with the other replicas there.
 */
export class CategorySet {
  private head: Position = START;
  private seenTo: Position = START;
  /** What this process last read or wrote. */
  private row: KeptRow | undefined;
  /** Events of an index behind `keptTo`. */
  private unkept: RecordedEvent[] = [];
  /** The last event lies too far from the end of the log to be found from there. */
  private isFarBack = false;
  private isLate = false;
  private recalling: Promise<void> | undefined;
  private keeping: Promise<void> | undefined;
  private keptAt = -Infinity;
  /** Raised when all that was known is dropped: what was begun before counts no more. */
  private epoch = 0;

  constructor(
    private readonly options: CategorySetOptions,
    private readonly parts: CategorySetParts,
  ) {}

  get isIndexed(): boolean {
    return this.options.indexed;
  }

  private get keptTo(): Position {
    return this.row?.seenTo ?? START;
  }

  /** Events behind the position, and how far it has looked for them: each call gets on. */
  async page(after: Position, { limit, end }: SetPageOptions): Promise<AllPage> {
    await this.recall();
    if (this.isIndexed && after < this.seenTo) {
      const known = await this.indexedPage(after, limit);
      return known ?? this.page(after, { limit, end });
    }
    // Between the last event and where it was looked for there are none.
    const from = after >= this.head ? Math.max(after, this.seenTo) : after;
    const { epoch } = this;
    const page = await this.search(from, { limit, end });
    if (epoch === this.epoch) this.learn(from, page);
    this.keepSoon();
    return page;
  }

  /**
   * Looks for the last event behind what is known.
   *
   * @returns undefined when it did not come to the end of the log
   */
  async lookOn(feed: Feed): Promise<Position | undefined> {
    await this.recall();
    const { epoch } = this;
    const isDone = await this.lookToEnd(feed);
    return isDone && epoch === this.epoch ? this.head : undefined;
  }

  /** What is known now, for the next process. */
  async keep(): Promise<void> {
    await this.keeping;
    await this.keepNow();
  }

  private async search(from: Position, { limit, end }: SetPageOptions): Promise<AllPage> {
    const { categories } = this.options;
    const isLate = this.isLate && from === this.seenTo;
    try {
      return await this.parts.search.page(from, { categories, limit, end, isLate });
    } catch (error) {
      // The search got no further, either: the next call begins with a read again.
      if (error instanceof AnswerLate) this.isLate = false;
      throw error;
    }
  }

  private async lookToEnd(feed: Feed): Promise<boolean> {
    const { reader } = this.parts;
    const place = this.placeOf(feed);
    if (!this.isIndexed && this.seenTo === START && (await this.lookFromEnd())) return true;
    const end = place ?? (await reader.lastOf('unfiltered'));
    const page = await this.page(this.seenTo, { limit: READ_EVENTS_MAX, end });
    return page.atEnd || (!this.isIndexed && (await this.lookFromEnd()));
  }

  /** Where the feed is, if it has seen everything since the place up to which this is known. */
  private placeOf(feed: Feed): Position | undefined {
    const { categories } = this.options;
    const seen = feed.seen(categories);
    if (seen === undefined || seen.since > this.seenTo) return undefined;
    const newest = feed.headOf(categories);
    // An index needs the events themselves, which a read brings.
    if (!this.isIndexed || newest <= this.seenTo) {
      this.head = Math.max(this.head, newest);
      this.seenTo = Math.max(this.seenTo, seen.to);
    }
    return seen.to;
  }

  private async lookFromEnd(): Promise<boolean> {
    if (this.isFarBack) return false;
    const { reader } = this.parts;
    const end = await reader.lastOf('unfiltered');
    try {
      const head = await reader.lastOf(this.options.categories);
      this.head = Math.max(this.head, head);
      this.seenTo = Math.max(this.seenTo, end, head);
    } catch (error) {
      if (!(error instanceof AnswerLate)) throw error;
      this.isFarBack = true;
      return false;
    }
    this.keepSoon();
    return true;
  }

  /** @returns undefined when what it needs has been forgotten meanwhile. */
  private async indexedPage(after: Position, limit: number): Promise<AllPage | undefined> {
    const { unkept, row, keptTo, seenTo, epoch } = this;
    const kept = row && after < keptTo ? await this.keptEvents(row, after, limit) : [];
    if (kept === undefined) {
      if (epoch === this.epoch) this.startAnew();
      return undefined;
    }
    const rest = unkept.filter(({ position }) => position > after && position > keptTo);
    const events = [...kept, ...rest].slice(0, limit);
    const last = events.length === limit ? events.at(-1) : undefined;
    return { events, lookedTo: last?.position ?? seenTo, atEnd: false };
  }

  private async keptEvents(
    { generation, seenTo }: KeptRow,
    after: Position,
    limit: number,
  ): Promise<readonly RecordedEvent[] | undefined> {
    const place = { generation, after, to: seenTo, limit };
    return this.parts.kept?.events(this.options.key, place);
  }

  private learn(from: Position, { events, lookedTo, isLate = false }: AllPage): void {
    // What lies between would be known to nobody.
    if (from > this.seenTo || lookedTo <= this.seenTo) return;
    const news = events.filter(({ position }) => position > this.seenTo);
    if (this.isIndexed && news.length > 0) this.unkept = [...this.unkept, ...news];
    this.head = Math.max(this.head, news.at(-1)?.position ?? START);
    this.seenTo = lookedTo;
    this.isLate = isLate;
  }

  private recall(): Promise<void> {
    this.recalling ??= this.recallOnce().catch((error: unknown) => {
      this.recalling = undefined;
      throw error;
    });
    return this.recalling;
  }

  private async recallOnce(): Promise<void> {
    const { kept } = this.parts;
    const { key } = this.options;
    const { epoch } = this;
    const row = await kept?.read(key);
    if (row === undefined) return;
    if (await this.isOfAnotherLog(row)) {
      await kept?.forget(key, row);
      return;
    }
    if (epoch !== this.epoch) return;
    this.takeOver(row);
    this.keptAt = Date.now();
  }

  /** When the event store was put back to an older state, or is another one. Only proof counts. */
  private async isOfAnotherLog({ seenTo, eventId }: KeptRow): Promise<boolean> {
    const { reader } = this.parts;
    if ((await reader.lastOf('unfiltered')) < seenTo) return true;
    try {
      const mark = await reader.markAt(seenTo);
      return mark?.position !== seenTo || mark.id !== eventId;
    } catch (error) {
      if (error instanceof PlaceUnknown) return true;
      throw error;
    }
  }

  /** Every event up to where it is kept is kept with it. */
  private takeOver(row: KeptRow): void {
    this.row = row;
    this.head = Math.max(this.head, row.head);
    this.seenTo = Math.max(this.seenTo, row.seenTo);
    this.unkept = this.unkept.filter(({ position }) => position > row.seenTo);
  }

  /** The next call asks again for what is kept, and searches from there. */
  private startAnew(): void {
    this.epoch += 1;
    this.head = START;
    this.seenTo = START;
    this.row = undefined;
    this.unkept = [];
    this.isFarBack = false;
    this.isLate = false;
    this.recalling = undefined;
  }

  /** Behind the caller's back: without it the next process only reads more. */
  private keepSoon(): void {
    const isDue =
      this.unkept.length > 0 || Date.now() - this.keptAt >= this.parts.limits.keepEveryMs;
    if (!isDue || this.keeping !== undefined) return;
    this.keeping = this.keepNow()
      .catch(() => undefined)
      .finally(() => {
        this.keeping = undefined;
      });
  }

  private async keepNow(): Promise<void> {
    const { kept, reader } = this.parts;
    if (kept === undefined || this.seenTo <= this.keptTo) return;
    this.keptAt = Date.now();
    const { head, unkept, row: before, keptTo, epoch } = this;
    // An event that can be looked up again: it tells whether the log is still the same.
    const mark = await reader.markAt(this.seenTo);
    if (mark === undefined || mark.position <= keptTo) return;
    const place = { head, seenTo: mark.position, eventId: mark.id };
    const events = unkept.filter(({ position }) => position <= mark.position);
    const { key } = this.options;
    const written = await kept.write(key, { place, events, before });
    const row = written ?? sameGeneration(await kept.read(key), before);
    if (epoch === this.epoch) this.goOnFrom(row);
  }

  /** Absent: what is kept was forgotten, or begun by another one, and does not go on from ours. */
  private goOnFrom(row: KeptRow | undefined): void {
    if (row === undefined) this.startAnew();
    else this.takeOver(row);
  }
}

/** Another replica went on from the same place, with all events since. */
function sameGeneration(
  row: KeptRow | undefined,
  before: KeptRow | undefined,
): KeptRow | undefined {
  return row?.generation === before?.generation ? row : undefined;
}
