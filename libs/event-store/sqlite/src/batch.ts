import type { RecordedEvent } from '@fidelis/event-store';
import type { EventRow } from './stored-event';

/** The appends of one commit. They become durable together, so they share one promise. */
export class Batch {
  readonly events: RecordedEvent[] = [];
  readonly rows: EventRow[] = [];
  readonly durable: Promise<void>;
  bytes = 0;
  private settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // A caller may be interested in `accepted` only; the failure is reported by the store.
    this.durable.catch(() => undefined);
  }

  add(event: RecordedEvent, row: EventRow, bytes: number): void {
    this.events.push(event);
    this.rows.push(row);
    this.bytes += bytes;
  }

  resolve(): void {
    this.settle?.resolve();
  }

  reject(error: Error): void {
    this.settle?.reject(error);
  }
}
