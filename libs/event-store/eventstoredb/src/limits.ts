export interface EventStoreDbLimits {
  /** An append, a read of a stream or of what is new fails after so long. */
  readonly deadlineMs: number;
  /** A read that may have to look through the whole log for a few events. */
  readonly scanDeadlineMs: number;
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
  scanDeadlineMs: 60_000,
  appendsInFlightMax: 512,
  feedEventsMax: 8192,
  feedBytesMax: 64 * 1024 * 1024,
  feedWatchMs: 5000,
};

export function withDefaults(limits: Partial<EventStoreDbLimits>): EventStoreDbLimits {
  return { ...DEFAULTS, ...limits };
}
