import type { Instant } from '@fidelis/kernel';
import type { RecordedEvent } from '@fidelis/event-store';

/**
 * Carries on what an event began, after any crash too. Called at least once per event, in order per
 * stream, so what it does must be idempotent: operations whose ids derive from the event.
 */
export interface Process {
  /** Kebab-case, unique in its service; the checkpoint's key. */
  readonly name: string;
  readonly categories: readonly string[];
  /** Asked in the feed's order, before `react`: events that need nothing more do not go there. */
  readonly isDone?: (event: RecordedEvent) => Promise<boolean> | boolean;
  /** Absent: nobody else can be at it. */
  readonly grace?: Grace | undefined;
  /** `OperationalError`: the batch comes again after a back-off. */
  readonly react: (event: RecordedEvent) => Promise<void>;
  /** Instead of `react`, where many events are cheaper together. */
  readonly reactToBatch?: (events: readonly RecordedEvent[]) => Promise<void>;
}

/**
 * Where several replicas write: what an event began may be under way on another one, which is given
 * time to finish it. It saves double work and conflicts, and decides nothing: both may do it.
 */
export interface Grace {
  /** How much longer the other one may take, by when the event was recorded. */
  readonly msLeft: (event: RecordedEvent) => number;
  /** Asked several times, so it should be cheap. `false` too where only doing it again would tell. */
  readonly wasDone: (event: RecordedEvent) => Promise<boolean>;
}

export interface Due {
  /** What to settle: usually the aggregate's id. */
  readonly id: string;
  readonly at: Instant;
}

/** When something falls due: pure, so that any thread can keep the table of it. */
export interface Schedule {
  /** Kebab-case, unique in its service. */
  readonly name: string;
  readonly categories: readonly string[];
  /** What an event makes due, if anything. Something that was done earlier may fire in vain. */
  readonly dueOf: (event: RecordedEvent) => readonly Due[];
}

/** Does what falls due at an instant: expiries, lapsed holds, time-outs. */
export interface Timer extends Schedule {
  /** Settles everything of this id that is due at `now`. Idempotent. */
  readonly settle: (id: string, now: Instant) => Promise<void>;
}
