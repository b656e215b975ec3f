import { APPEND_EVENTS_MAX } from '@fidelis/event-store';
import { assertInvariant } from '@fidelis/kernel';

/** What bounds the store's memory, its longest pause and its start after a crash. */
export interface SqliteLimits {
  /** Accepted events that wait for a commit; at so many whoever appends waits for it, too. */
  readonly pendingEventsMax: number;
  /** The same in bytes of JSON. */
  readonly pendingBytesMax: number;
  /** So many events are worth a commit at once, when none is under way. */
  readonly commitEventsMin: number;
  /** Turns of the event loop that a commit waits for further appends: bounds the wait under load. */
  readonly commitTurnsMax: number;
  /** Events kept in memory for live subscriptions and reads of a stream's end. */
  readonly recentEventsMax: number;
  /** The same in bytes of JSON; the objects take about three times as much. */
  readonly recentBytesMax: number;
  /** Heads that differ from their table; then they are written behind, sorted, bit by bit. */
  readonly dirtyHeadsMax: number;
  /** Heads that equal their table, kept to spare a look-up. About 150 bytes each. */
  readonly cleanHeadsMax: number;
  /** Events since the heads' table was complete: what a start after a crash reads again. */
  readonly replayEventsMax: number;
  /** Snapshots not written yet. */
  readonly pendingSnapshotsMax: number;
}

export const SQLITE_LIMITS: SqliteLimits = {
  pendingEventsMax: 4096,
  pendingBytesMax: 32 * 1024 * 1024,
  commitEventsMin: 48,
  commitTurnsMax: 8,
  recentEventsMax: 32_768,
  recentBytesMax: 32 * 1024 * 1024,
  dirtyHeadsMax: 10_000,
  cleanHeadsMax: 200_000,
  replayEventsMax: 100_000,
  pendingSnapshotsMax: 500,
};

export function withDefaults(limits: Partial<SqliteLimits>): SqliteLimits {
  const all = { ...SQLITE_LIMITS, ...limits };
  assertInvariant(
    all.recentEventsMax >= 2 * all.pendingEventsMax + APPEND_EVENTS_MAX,
    'recentEventsMax must hold every pending event, and those of the commit under way',
  );
  return all;
}
