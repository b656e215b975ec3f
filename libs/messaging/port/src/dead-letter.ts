import type { Instant } from '@fidelis/kernel';

/** A message that a group could not take. Kept until a person retries or discards it. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  /** Absent when the message could not be read so far. */
  readonly messageId?: string;
  readonly type?: string;
  /** Where its topic has it. */
  readonly position: string;
  /** The error's class and message. */
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: Instant;
  /** As it came over the wire; absent once it was erased (30 days). */
  readonly bytes?: Uint8Array;
}

export interface DeadLetterFilter {
  readonly group?: string;
  readonly topic?: string;
  /** Exclusive: the id of the last one of the page before. */
  readonly after?: string;
  /** Default and maximum `DEAD_LETTERS_LIST_MAX`. */
  readonly limit?: number;
}

export const DEAD_LETTERS_LIST_MAX = 500;

/**
 * `handled`: done, the letter is gone. `failed`: the letter stays, with its new reason. `queued`:
 * it was sent to its group again; if that fails it comes back. `not-found`: no such letter, or its
 * payload was erased.
 */
export type RetryOutcome = 'handled' | 'failed' | 'queued' | 'not-found';

export interface DeadLetters {
  /** Oldest first. */
  list(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  get(id: string): Promise<DeadLetter | undefined>;
  count(filter?: Pick<DeadLetterFilter, 'group' | 'topic'>): Promise<number>;
  /** Gives it to its group again, after what the key has in flight. */
  retry(id: string): Promise<RetryOutcome>;
  /** `false` when there is none. */
  discard(id: string): Promise<boolean>;
  /** Erases the bytes of letters that failed before `instant`; answers how many. */
  erasePayloadsBefore(instant: Instant): Promise<number>;
}
