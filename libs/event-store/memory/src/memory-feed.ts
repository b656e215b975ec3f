import {
  type ChangedOptions,
  type FeedPage,
  type FeedSource,
  FeedWaiters,
  type PageOptions,
  type Position,
} from '@fidelis/event-store';
import type { MemoryLog } from './memory-log';

export class MemoryFeed implements FeedSource {
  private readonly waiters = new FeedWaiters((categories) => this.log.headOf(categories));

  constructor(private readonly log: MemoryLog) {}

  page(after: Position, { categories, limit }: PageOptions): Promise<FeedPage> {
    const head = this.log.headOf();
    const events = this.log
      .behind(after)
      .filter(({ category }) => categories?.includes(category) ?? true)
      .slice(0, limit);
    const last = events.at(-1);
    const lookedTo = last !== undefined && events.length === limit ? last.position : head;
    return Promise.resolve({
      events,
      lookedTo: Math.max(after, lookedTo),
      atHead: lookedTo === head,
    });
  }

  changed(after: Position, options: ChangedOptions): Promise<void> {
    return this.waiters.wait(after, options);
  }

  wakeWaiters(): void {
    this.waiters.wake();
  }
}
