export interface EventStoreDbLimits {
  /** A call fails after so long; a read gives what it has found. */
  readonly deadlineMs: number;
  /**
   * A search through much log tells after so long what it found and how far it is; who needs its
   * end fails, and finds it nearer the next time.
   */
  readonly searchMs: number;
  /** How often the database is told how far categories are known. */
  readonly keepEveryMs: number;
  /** Appends that wait for their answers at the same time; more wait here for their turn. */
  readonly appendsInFlightMax: number;
  /** Events that the feed keeps for subscriptions that are a little behind. */
  readonly feedEventsMax: number;
  readonly feedBytesMax: number;
  /** A feed that heard nothing for so long asks whether it has missed something. */
  readonly feedWatchMs: number;
}

const DEFAULTS: EventStoreDbLimits = {
  deadlineMs: 5000,
  searchMs: 15_000,
  keepEveryMs: 10_000,
  appendsInFlightMax: 512,
  feedEventsMax: 8192,
  feedBytesMax: 64 * 1024 * 1024,
  feedWatchMs: 5000,
};

export function withDefaults(limits: Partial<EventStoreDbLimits>): EventStoreDbLimits {
  return { ...DEFAULTS, ...limits };
}
