import { type Position, START } from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { type CategorySets, nameOf } from './category-sets';
import type { Feed } from './feed';
import type { EventStoreDbLimits } from './limits';
import type { Reader } from './reader';

/** A search under way, and the one that all who came later wait for. */
interface Rounds {
  readonly running: Promise<Position>;
  next?: Promise<Position>;
}

/**
 * Where the last event of some categories, or of all, lies. The log has no index of categories: what
 * is known of a set of them is where to look on, up to the end of the log. So every append that any
 * process was answered counts.
 */
export class Heads {
  private readonly rounds = new Map<string, Rounds>();

  constructor(
    private readonly sets: CategorySets,
    private readonly feed: Feed,
    private readonly parts: { readonly reader: Reader; readonly limits: EventStoreDbLimits },
  ) {}

  /** Callers at the same time share a search, but only one that begins after they asked. */
  headOf(categories: readonly string[] | undefined): Promise<Position> {
    const key = categories === undefined ? '*' : nameOf(categories);
    const rounds = this.rounds.get(key);
    const begin = (): Promise<Position> =>
      categories === undefined ? this.endOfLog() : this.search(categories);
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

  /** @throws OperationalError when the end of the log is too far; what was found is kept. */
  private async search(categories: readonly string[]): Promise<Position> {
    if (categories.length === 0) return START;
    // Moves the place forwards, so that a search has little to look through.
    this.feed.want(categories);
    const set = this.sets.of(categories);
    const endsAt = Date.now() + this.parts.limits.searchMs;
    for (;;) {
      const head = await set.lookOn(this.feed);
      if (head !== undefined) return head;
      if (Date.now() >= endsAt) throw new OperationalError('the log is still being searched');
    }
  }

  /**
   * To follow all events for this would cost every process, whatever it does, the reading of what
   * all of them write.
   */
  private endOfLog(): Promise<Position> {
    return this.parts.reader.lastOf(undefined);
  }
}
