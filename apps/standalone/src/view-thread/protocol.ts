import type { Position } from '@fidelis/event-store';
import type { FeedHeads } from '@fidelis/event-store-sqlite';
import type { BusProblem, Failure, Found, GroupStatus } from '@fidelis/messaging';
import type { Settled } from '@fidelis/processes';
import type { ErrorNote } from './thread-line';

/** What the view thread is started with. */
export interface ViewThreadSettings {
  readonly dataDir: string;
  /** For tests of idempotence: disturbs messages, repeatably. */
  readonly disturbSeed: number | undefined;
}

/** `<service>/<view>`, `<service>/timer:<timer>`. */
export type FeedKey = string;

/** A message with its place, as dead letters need it. */
export interface Carried {
  readonly group: string;
  readonly bytes: Uint8Array;
  readonly found: Found;
}

export interface CarriedFailure extends Omit<Failure, 'error'> {
  readonly error: ErrorNote;
}

/** What the main thread asks of the view thread. */
export interface ViewThreadCalls {
  readonly moved: (heads: FeedHeads) => void;
  readonly start: (feed: FeedKey) => Promise<void>;
  readonly stop: (feed: FeedKey) => Promise<void>;
  readonly rebuild: (feed: FeedKey) => Promise<void>;
  readonly hurry: (feed: FeedKey) => void;
  readonly forget: (due: { readonly feed: FeedKey; readonly settled: Settled }) => Promise<void>;
  readonly startGroup: (group: {
    readonly name: string;
    readonly offset: Position;
  }) => Promise<void>;
  readonly stopGroup: (group: string) => Promise<void>;
  readonly hurryGroup: (group: string) => void;
  /** A dead letter once more; answers when it ended. */
  readonly takeAgain: (letter: Carried) => Promise<CarriedFailure | undefined>;
  readonly close: (nothing: undefined) => Promise<void>;
}

export interface GroupMoved {
  readonly offset: Position;
  readonly status: GroupStatus;
}

/** What the view thread tells the main thread. */
export interface MainThreadCalls {
  readonly fed: (moved: { readonly feed: FeedKey; readonly position: Position }) => void;
  readonly groupMoved: (moved: GroupMoved) => void;
  readonly failed: (problem: { readonly where: string; readonly error: ErrorNote }) => void;
  readonly groupProblem: (
    problem: Omit<BusProblem, 'error'> & { readonly error: ErrorNote },
  ) => void;
  readonly keepDeadLetter: (
    letter: Carried & { readonly failure: CarriedFailure },
  ) => Promise<void>;
}
