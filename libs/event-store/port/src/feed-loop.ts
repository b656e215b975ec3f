import type { Position, RecordedEvent, SubscribeOptions, Subscription } from './event-store';

/** What a subscription needs from a store that can be asked for the events after a position. */
export interface FeedSource {
  /** The next events of these categories, and how far it has looked: the next place to ask after. */
  page(after: Position, options: PageOptions): Promise<FeedPage>;
  /** Resolves as soon as an event of these categories lies after the position; or on `signal`. */
  changed(after: Position, options: ChangedOptions): Promise<void>;
  /** The last event of these categories, of a source that knows it without asking anybody. */
  newest?(categories: readonly string[] | undefined): Position;
  /**
   * When somebody who begins to linger at `now` for `ms` at most had best end (`performance.now()`);
   * of a source where those who linger should end together.
   */
  lingerUntil?(now: number, ms: number): number;
  /** The longest that a subscription lingers whose batches are light. Absent: as long as others. */
  readonly lightLingerMs?: number;
}

export interface PageOptions {
  readonly categories: readonly string[] | undefined;
  readonly limit: number;
}

export interface ChangedOptions {
  readonly categories: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

export interface FeedPage {
  readonly events: readonly RecordedEvent[];
  readonly lookedTo: Position;
  /** `true` when nothing durable lay behind it: the subscription is live. */
  readonly atHead: boolean;
}

/** So many events between two waits make a feed busy: see `SubscribeOptions.lingerMs`. */
const BUSY_EVENTS = 200;
/**
 * A feed that brought nothing for this part of a wait, and so many milliseconds at least, has paused:
 * nobody waits for it longer.
 */
const PAUSED_AFTER = 1 / 10;
const PAUSED_MS_MIN = 5;
const BACK_OFF_MS_MIN = 10;
/** A handler that fails for minutes is asked again often enough to notice that its cause is gone. */
const BACK_OFF_MS_MAX = 5000;

/**
 * The loop behind `EventStore.subscribe`: catch up page by page, then wait for changes. Between
 * two batches it always lets the event loop turn, so that no subscription starves the writers.
 */
export function runFeed(source: FeedSource, options: SubscribeOptions): Subscription {
  const stopping = new AbortController();
  const loop = new FeedLoop(source, options, stopping.signal);
  const ended = loop.run();
  return {
    hurry: () => {
      loop.hurry();
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

class FeedLoop {
  private after: Position;
  /** Events since it last lingered. */
  private taken = 0;
  private inHaste = false;
  private endLinger: (() => void) | undefined;

  constructor(
    private readonly source: FeedSource,
    private readonly options: SubscribeOptions,
    private readonly signal: AbortSignal,
  ) {
    this.after = options.after;
  }

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      // One turn of the event loop at least, also when the source and the handler are synchronous.
      await nextTurn();
      await this.untilItSucceeds(() => this.step());
    }
  }

  hurry(): void {
    this.inHaste = true;
    this.endLinger?.();
  }

  private async step(): Promise<void> {
    const { categories, batchSizeMax: limit } = this.options;
    const page = await this.source.page(this.after, { categories, limit });
    if (page.events.length > 0) {
      await this.untilItSucceeds(() => this.deliver(page.events));
      if (this.signal.aborted) return;
    }
    this.after = page.lookedTo;
    this.taken += page.events.length;
    if (!page.atHead) return;
    await this.linger();
    await this.source.changed(this.after, { categories, signal: this.signal });
  }

  /** The busier the feed, the longer: a lone event's successor comes at once. */
  private async linger(): Promise<void> {
    const ms = this.msToLinger();
    const hurried = this.inHaste;
    this.taken = 0;
    this.inHaste = false;
    if (ms === 0 || hurried) return;
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
    };
    this.endLinger = end;
    this.signal.addEventListener('abort', end, { once: true });
    await this.pauseWhileBusy(ms, ended.signal);
    this.signal.removeEventListener('abort', end);
    this.endLinger = undefined;
    this.inHaste = false;
  }

  private msToLinger(): number {
    const lingerMs = this.lingerMs();
    if (this.taken < BUSY_EVENTS) return Math.floor((lingerMs * this.taken) / BUSY_EVENTS);
    const now = performance.now();
    const until = this.source.lingerUntil?.(now, lingerMs);
    return until === undefined ? lingerMs : Math.ceil(until - now);
  }

  private lingerMs(): number {
    const { lingerMs = 0, isLight } = this.options;
    const { lightLingerMs = lingerMs } = this.source;
    return isLight?.() === true ? Math.min(lingerMs, lightLingerMs) : lingerMs;
  }

  private async pauseWhileBusy(ms: number, signal: AbortSignal): Promise<void> {
    const { categories } = this.options;
    const newest = (): Position | undefined => this.source.newest?.(categories);
    let head = newest();
    const pieceMs = head === undefined ? ms : Math.max(PAUSED_MS_MIN, Math.ceil(ms * PAUSED_AFTER));
    for (let left = ms; left > 0 && !signal.aborted; left -= pieceMs) {
      await pause(Math.min(left, pieceMs), signal);
      if (newest() === head) return;
      head = newest();
    }
  }

  private async deliver(events: readonly RecordedEvent[]): Promise<void> {
    if (!this.signal.aborted) await this.options.onBatch(events);
  }

  private async untilItSucceeds(work: () => Promise<void>): Promise<void> {
    let backOffMs = BACK_OFF_MS_MIN;
    while (!this.signal.aborted) {
      try {
        await work();
        return;
      } catch (error) {
        this.options.onError?.(error);
      }
      await pause(backOffMs, this.signal);
      backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS_MAX);
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits, but not beyond `signal`. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
