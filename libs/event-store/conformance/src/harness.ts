import type { EventStore } from '@fidelis/event-store';

/** What an adapter gives the suite. The store may be shared: it need not be empty. */
export interface EventStoreHarness {
  readonly store: EventStore;
  /** `true` when consecutive positions have no gap between them (memory, SQLite). */
  readonly gapless: boolean;
  /** Closes the store and opens it again on the same data. Absent: data ends with the store. */
  readonly reopen?: () => Promise<EventStore>;
  /** Lets the next append take effect without its answer arriving. Absent: cannot happen. */
  readonly loseNextAnswer?: () => void;
  dispose(): Promise<void>;
}

export type CreateHarness = () => Promise<EventStoreHarness>;

/** The harness of the running test. */
export interface Running {
  readonly harness: EventStoreHarness;
  readonly store: EventStore;
}
