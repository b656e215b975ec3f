import { type Position, type RecordedEvent, START } from '@fidelis/event-store';
import type { SqliteLimits } from './limits';

type RecentEventsLimits = Pick<SqliteLimits, 'recentEventsMax' | 'recentBytesMax'>;

/**
 * The last events in memory: those accepted but not durable yet, which may not be dropped, and
 * behind them, within the bounds, the durable ones that a subscription has still to read: it needs
 * neither the disk nor a JSON parser for them. Kept no longer, most of them never leave the young
 * generation, where the garbage collector frees them for nothing.
 *
 * Three stretches: up to `firstPosition` nothing; up to `completeFrom` what somebody wanted when it
 * became durable; from there on everything.
 */
export class RecentEvents {
  private readonly ring: (RecordedEvent | undefined)[];
  private readonly previous: Float64Array;
  private readonly sizes: Int32Array;
  private bytes = 0;
  private first: Position;
  private next: Position;
  private complete: Position;

  constructor(
    last: Position,
    private readonly limits: RecentEventsLimits,
  ) {
    const slots = limits.recentEventsMax;
    this.ring = new Array<RecordedEvent | undefined>(slots).fill(undefined);
    this.previous = new Float64Array(slots);
    this.sizes = new Int32Array(slots);
    this.first = last + 1;
    this.next = last + 1;
    this.complete = last + 1;
  }

  /** From here on no event is missing. */
  get completeFrom(): Position {
    return Math.max(this.first, this.complete);
  }

  /** Of the oldest event kept; behind the last event when none is. */
  get firstPosition(): Position {
    return this.first;
  }

  /** The caller commits often enough that the ring is never full of pending events. */
  push(event: RecordedEvent, previous: Position, bytes: number): void {
    if (this.next - this.first === this.limits.recentEventsMax) this.dropFirst();
    const slot = this.next % this.limits.recentEventsMax;
    this.ring[slot] = event;
    this.previous[slot] = previous;
    this.sizes[slot] = bytes;
    this.bytes += bytes;
    this.next += 1;
  }

  at(position: Position): RecordedEvent | undefined {
    if (position < this.first || position >= this.next) return undefined;
    return this.ring[position % this.limits.recentEventsMax];
  }

  /** Of an event that is kept: the position of the one before it in its stream. */
  previousOf(position: Position): Position {
    return this.previous[position % this.limits.recentEventsMax] ?? START;
  }

  /** Called after a commit: only durable events, those up to `durable`, may be dropped. */
  shrink(durable: Position): void {
    while (this.bytes > this.limits.recentBytesMax && this.first <= durable) this.dropFirst();
  }

  /** Drops what nobody has still to read; all of it is durable. */
  release(upTo: Position): void {
    while (this.first <= upTo && this.first < this.next) this.dropFirst();
  }

  /** Looks at each event up to `upTo` once, and drops those that nobody wants; all are durable. */
  thin(upTo: Position, isWanted: (event: RecordedEvent) => boolean): void {
    for (let position = this.completeFrom; position <= upTo; position += 1) {
      const event = this.at(position);
      if (event !== undefined && !isWanted(event)) this.drop(position);
    }
    this.complete = Math.max(this.complete, upTo + 1);
  }

  private dropFirst(): void {
    this.drop(this.first);
    this.first += 1;
  }

  private drop(position: Position): void {
    const slot = position % this.limits.recentEventsMax;
    this.ring[slot] = undefined;
    this.bytes -= this.sizes[slot] ?? 0;
    this.sizes[slot] = 0;
  }
}
