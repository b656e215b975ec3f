import type { EventFeed } from '@fidelis/event-store';
import type { FeedHeads } from '@fidelis/event-store-sqlite';
import { viewCategories } from './all-views';
import type { MainThreadCalls, ViewThreadCalls } from './protocol';
import type { ThreadLine } from './thread-line';

type Line = ThreadLine<ViewThreadCalls, MainThreadCalls>;

/** The main thread's end of the line, which also knows how far the store is. */
export class ViewLine {
  readonly ask: Line['ask'] = (call, argument) => this.line.ask(call, argument);

  constructor(
    private readonly line: Line,
    private readonly store: EventFeed,
  ) {}

  /** Tells how far the store is. */
  async tellHeads(): Promise<void> {
    this.line.tell('moved', await this.heads());
  }

  /** Somebody waits for this feed or group to reach the head: it must have heard of it. */
  hurry(call: 'hurry' | 'hurryGroup', name: string): void {
    void this.tellHeads().then(() => this.line.tell(call, name));
  }

  /** All of one moment: this store answers what it knows, without a turn of the event loop. */
  private async heads(): Promise<FeedHeads> {
    const { store } = this;
    const [head, ...positions] = await Promise.all([
      store.headOf(),
      ...viewCategories.map((category) => store.headOf([category])),
    ]);
    const heads = new Map<string, number>();
    positions.forEach((position, index) => {
      const category = viewCategories[index];
      if (category !== undefined) heads.set(category, position);
    });
    return { head, heads };
  }
}
