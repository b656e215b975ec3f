import type { Position, RecordedEvent } from '@fidelis/event-store';

export interface FollowedEventsLimits {
  readonly eventsMax: number;
  /** Of their JSON; the objects take about three times as much. */
  readonly bytesMax: number;
}

/**
 * The events that a follower has read and some subscriber has still to take, in order: all of them
 * share the objects.
 */
export class FollowedEvents {
  private events: RecordedEvent[] = [];
  private sizes: number[] = [];
  private bytes = 0;

  constructor(
    private completeAfter: Position,
    private readonly limits: FollowedEventsLimits,
  ) {}

  /** Every wanted event behind this position, as far as was read, is here. */
  get start(): Position {
    return this.completeAfter;
  }

  push(event: RecordedEvent, bytes: number): void {
    this.events.push(event);
    this.sizes.push(bytes);
    this.bytes += bytes;
    const { eventsMax, bytesMax } = this.limits;
    if (this.events.length > eventsMax || this.bytes > bytesMax) this.dropOlderHalf();
  }

  /** The first events of these categories behind a position that is not before `start`. */
  after(
    position: Position,
    { categories, limit }: { categories: readonly string[] | undefined; limit: number },
  ): RecordedEvent[] {
    const found: RecordedEvent[] = [];
    for (let i = this.firstAfter(position); i < this.events.length; i += 1) {
      const event = this.events[i];
      if (event === undefined || found.length === limit) break;
      if (categories === undefined || categories.includes(event.category)) found.push(event);
    }
    return found;
  }

  /** Nobody needs them any more: what is freed young costs the garbage collector nothing. */
  release(upTo: Position): void {
    if (upTo <= this.completeAfter) return;
    const last = this.events.at(-1);
    if (last === undefined || last.position <= upTo) {
      this.events = [];
      this.sizes = [];
      this.bytes = 0;
    } else {
      const kept = this.firstAfter(upTo);
      // Copying the rest again and again would cost more than it frees.
      if (kept <= this.events.length / 2) return;
      this.drop(kept);
    }
    this.completeAfter = upTo;
  }

  private firstAfter(position: Position): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.events[middle];
      if (event !== undefined && event.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Half at once, so that dropping costs next to nothing per event. */
  private dropOlderHalf(): void {
    const dropped = (this.events.length + 1) >>> 1;
    this.completeAfter = this.events[dropped - 1]?.position ?? this.completeAfter;
    this.drop(dropped);
  }

  private drop(count: number): void {
    for (let i = 0; i < count; i += 1) this.bytes -= this.sizes[i] ?? 0;
    this.events = this.events.slice(count);
    this.sizes = this.sizes.slice(count);
  }
}
