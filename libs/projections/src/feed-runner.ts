import type { Position } from '@fidelis/event-store';

/** Keeps tables abreast of the feed, in this thread or in another one. */
export interface FeedRunner {
  readonly name: string;
  /** Every table it owns. */
  readonly tables: readonly string[];
  /** The last event that its rows show. */
  readonly position: Position;
  /** Creates the tables if they are absent, also where another replica feeds them. */
  prepare?(): Promise<void>;
  start(): Promise<void>;
  /** Waits until the rows show every event that is in the store now, whoever feeds them. */
  reachHead(deadlineMs?: number): Promise<void>;
  /** Empties the tables and plays all events into them again; resolves when it is at the head. */
  rebuild(): Promise<void>;
  stop(): Promise<void>;
}
