import { type Position, type RecordedEvent, START } from '@fidelis/event-store';

interface Kept {
  readonly event: RecordedEvent;
  readonly bytes: number;
}

export interface RecentEventsLimits {
  readonly feedEventsMax: number;
  readonly feedBytesMax: number;
}

/** The last events of the feed, decoded once for all subscriptions. */
export class RecentEvents {
  private kept: Kept[] = [];
  private bytes = 0;
  private droppedTo: Position = START;

  constructor(private readonly limits: RecentEventsLimits) {}

  /** Position of the last event that was dropped: everything behind it is still here. */
  get completeBehind(): Position {
    return this.droppedTo;
  }

  push(event: RecordedEvent, bytes: number): void {
    this.kept.push({ event, bytes });
    this.bytes += bytes;
    if (this.kept.length > this.limits.feedEventsMax || this.bytes > this.limits.feedBytesMax) {
      this.dropOldest();
    }
  }

  behind(
    after: Position,
    { categories, limit }: { categories: readonly string[] | undefined; limit: number },
  ): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    for (let i = this.firstBehind(after); i < this.kept.length && events.length < limit; i += 1) {
      const event = this.kept[i]?.event;
      if (event === undefined) break;
      if (categories?.includes(event.category) ?? true) events.push(event);
    }
    return events;
  }

  private firstBehind(after: Position): number {
    let [low, high] = [0, this.kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.kept[middle]?.event.position ?? Infinity) <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A quarter at once, because moving the others costs the same for one as for many. */
  private dropOldest(): void {
    const dropped = this.kept.splice(0, Math.ceil(this.kept.length / 4));
    for (const { event, bytes } of dropped) {
      this.bytes -= bytes;
      this.droppedTo = event.position;
    }
  }
}
