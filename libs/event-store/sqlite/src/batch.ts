import type { EncodedEvent, Position, RecordedEvent } from '@fidelis/event-store';
import { MARKER_EVERY } from './event-log';
import { type Rows, emptyRows } from './tables';

/** What one transaction writes. Its appends become durable together, so they share one promise. */
export class Batch {
  readonly rows: Rows = emptyRows();
  /** Of each category in it: the last position. */
  readonly heads = new Map<string, Position>();
  readonly durable: Promise<void>;
  eventCount = 0;
  bytes = 0;
  /** It waits for nothing more but the commit before it. */
  isDue = false;
  private settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(
    /** Position of its last event; of an empty one, of the last event before it. */
    public last: Position,
  ) {
    this.durable = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // A caller may be interested in `accepted` only; the failure is reported by the store.
    this.durable.catch(() => undefined);
  }

  /** `previous`: the position of the stream's event before this one, `START` for its first. */
  add(event: RecordedEvent, previous: Position, { data, metadata }: EncodedEvent): void {
    const { position, stream, revision, id, type } = event;
    // The columns of `events`, in their order.
    this.rows.events.push(position, stream, revision, previous, id, type, data, metadata);
    if (revision > 0 && revision % MARKER_EVERY === 0) {
      this.rows.markers.push(stream, revision, position);
    }
    this.eventCount += 1;
    this.bytes += data.length + metadata.length;
    this.last = position;
  }

  resolve(): void {
    this.settle?.resolve();
  }

  reject(error: Error): void {
    this.settle?.reject(error);
  }
}
