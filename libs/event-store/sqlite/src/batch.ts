import type { EncodedEvent, Position, RecordedEvent } from '@fidelis/event-store';

/**
 * The appends of one commit. They become durable together, so they share one promise; side by
 * side in three arrays, because an object more for each event costs the collector dearly.
 */
export class Batch {
  readonly events: RecordedEvent[] = [];
  /** Of each event: the position of the one before it in its stream, `START` for the first. */
  readonly previous: Position[] = [];
  readonly encoded: EncodedEvent[] = [];
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

  resolve(): void {
    this.settle?.resolve();
  }

  reject(error: Error): void {
    this.settle?.reject(error);
  }
}
