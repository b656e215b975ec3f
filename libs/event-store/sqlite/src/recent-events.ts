import type { Position } from '@fidelis/event-store';
import type { SqliteLimits } from './limits';
import type { LinkedEvent } from './stored-event';

type RecentEventsLimits = Pick<SqliteLimits, 'recentEventsMax' | 'recentBytesMax'>;

/**
 * The last events in memory: those accepted but not durable yet, which may not be dropped, and
 * behind them as many durable ones as the bounds allow. Live subscriptions and reads of a
 * stream's end need neither the disk nor a JSON parser for them.
 */
export class RecentEvents {
  private readonly ring: (LinkedEvent | undefined)[];
  private readonly sizes: Int32Array;
  private bytes = 0;
  private first: Position;
  private next: Position;

  constructor(
    after: Position,
    private readonly limits: RecentEventsLimits,
  ) {
    this.ring = new Array<LinkedEvent | undefined>(limits.recentEventsMax).fill(undefined);
    this.sizes = new Int32Array(limits.recentEventsMax);
    this.first = after + 1;
    this.next = after + 1;
  }

  /** Of the oldest event kept; behind the last event when none is. */
  get firstPosition(): Position {
    return this.first;
  }

  /** The caller drops what is durable often enough that the ring is never full of pending ones. */
  push(linked: LinkedEvent, bytes: number): void {
    if (this.next - this.first === this.limits.recentEventsMax) this.dropFirst();
    const slot = this.next % this.limits.recentEventsMax;
    this.ring[slot] = linked;
    this.sizes[slot] = bytes;
    this.bytes += bytes;
    this.next += 1;
  }

  at(position: Position): LinkedEvent | undefined {
    if (position < this.first || position >= this.next) return undefined;
    return this.ring[position % this.limits.recentEventsMax];
  }

  /** Called after a commit: only durable events, those up to `durable`, may be dropped. */
  shrink(durable: Position): void {
    while (this.bytes > this.limits.recentBytesMax && this.first <= durable) this.dropFirst();
  }

  private dropFirst(): void {
    const slot = this.first % this.limits.recentEventsMax;
    this.ring[slot] = undefined;
    this.bytes -= this.sizes[slot] ?? 0;
    this.first += 1;
  }
}
