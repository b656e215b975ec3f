import type { Position } from './event-store';
import type { ChangedOptions } from './feed-loop';

export type HeadOf = (categories: readonly string[] | undefined) => Position;

interface Waiter {
  readonly after: Position;
  readonly categories: readonly string[] | undefined;
  readonly wake: () => void;
}

/** The subscriptions that wait for an event behind their place: `FeedSource.changed` of a store. */
export class FeedWaiters {
  private readonly waiting = new Set<Waiter>();

  constructor(private readonly headOf: HeadOf) {}

  wait(after: Position, { categories, signal }: ChangedOptions): Promise<void> {
    if (signal.aborted || this.headOf(categories) > after) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(waiter);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const waiter: Waiter = { after, categories, wake };
      this.waiting.add(waiter);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Called after each commit; wakes only those for whom there is something. */
  wake(): void {
    for (const waiter of this.waiting) {
      if (this.headOf(waiter.categories) > waiter.after) waiter.wake();
    }
  }
}
