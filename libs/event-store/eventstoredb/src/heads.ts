import { type Position, READ_EVENTS_MAX, START } from '@fidelis/event-store';
import type { Feed } from './feed';
import type { EventStoreDbLimits } from './limits';
import type { Reader } from './reader';

/** The last event of a set of categories, and how far the log was searched for it. */
interface KnownHead {
  readonly head: Position;
  readonly seenTo: Position;
}

/** A search under way, and the one that all who came later wait for. */
interface Rounds {
  readonly running: Promise<Position>;
  next?: Promise<Position>;
}

/**
 * Where the last event of some categories, or of all, lies. The log has no index of categories: the first
 * time it is searched from its end, later only what came behind the place that was seen last, by
 * this search or by the feed. So every append that any process was answered counts.
 */
export class Heads {
  private readonly known = new Map<string, KnownHead>();
  private readonly rounds = new Map<string, Rounds>();

  constructor(
    private readonly reader: Reader,
    private readonly feed: Feed,
    private readonly limits: EventStoreDbLimits,
  ) {}

  /** Callers at the same time share a search, but only one that begins after they asked. */
  headOf(categories: readonly string[] | undefined): Promise<Position> {
    const key = categories === undefined ? '*' : [...categories].sort().join(' ');
    const rounds = this.rounds.get(key);
    const begin = (): Promise<Position> =>
      categories === undefined ? this.endOfLog() : this.search(key, categories);
    if (rounds === undefined) return this.run(key, begin());
    if (rounds.next === undefined) {
      const next = rounds.running.then(begin, begin);
      rounds.next = next;
      const promote = (): void => {
        void this.run(key, next);
      };
      rounds.running.then(promote, promote);
    }
    return rounds.next;
  }

  private run(key: string, running: Promise<Position>): Promise<Position> {
    const rounds: Rounds = { running };
    this.rounds.set(key, rounds);
    const forget = (): void => {
      if (this.rounds.get(key) === rounds && rounds.next === undefined) this.rounds.delete(key);
    };
    running.then(forget, forget);
    return running;
  }

  private async search(key: string, categories: readonly string[]): Promise<Position> {
    // Moves the place forwards, so that a search has little to look through.
    this.feed.want(categories);
    const known = this.known.get(key) ?? (await this.firstSearch(categories));
    const feed = this.feed.seen(categories);
    // What lies between the two is known to neither.
    const isJoined = feed !== undefined && feed.since <= known.seenTo;
    let seenTo = isJoined ? Math.max(known.seenTo, feed.to) : known.seenTo;
    let head = Math.max(known.head, this.feed.headOf(categories));
    for (;;) {
      const page = await this.reader.page(seenTo, {
        ...{ categories, limit: READ_EVENTS_MAX, deadlineMs: this.limits.deadlineMs },
      });
      seenTo = page.lookedTo;
      head = Math.max(head, page.events.at(-1)?.position ?? START);
      if (page.atEnd) break;
    }
    seenTo = Math.max(seenTo, feed?.to ?? START);
    this.remember(key, { head, seenTo });
    return head;
  }

  /**
   * To follow all events for this would cost every process, whatever it does, the reading of what
   * all of them write.
   */
  private endOfLog(): Promise<Position> {
    return this.reader.lastOf(undefined, this.limits.deadlineMs);
  }

  private async firstSearch(categories: readonly string[]): Promise<KnownHead> {
    const end = await this.reader.lastOf('unfiltered');
    const head = await this.reader.lastOf(categories);
    return { head, seenTo: Math.max(end, head) };
  }

  private remember(key: string, { head, seenTo }: KnownHead): void {
    const before = this.known.get(key);
    this.known.set(key, {
      head: Math.max(head, before?.head ?? START),
      seenTo: Math.max(seenTo, before?.seenTo ?? START),
    });
  }
}
