import type { Position } from '@fidelis/event-store';
import type { Consumer } from './consumer';
import type { DeadLetters } from './dead-letter';

/**
 * Carries public messages from the publishers' services to groups of consumers.
 *
 * - At least once: a message's position is given up only after its effect is durable, and never
 *   before that of an earlier message (contiguous prefix). A crash redelivers.
 * - In order per key within a group; different keys go on at the same time, within bounds.
 * - A message that fails for now (`OperationalError`) is retried with back-off; its key waits,
 *   other keys go on. One that cannot succeed becomes a dead letter with its original bytes.
 * - A `Defect` in a handler ends the process.
 */
export interface MessageBus {
  /** Begins to deliver. Consumers of one group share position and order. Called once. */
  start(consumers: readonly Consumer[]): Promise<void>;
  /** Takes no more messages, lets the handlers in flight end, keeps the positions. */
  close(): Promise<void>;
  /** The groups that run in this process. */
  readonly groups: readonly string[];
  /**
   * Has the group handled (or dead-lettered) every message of the events up to `head`? Default:
   * the store's head at the time of the call. Messages published meanwhile do not matter.
   */
  reachedHead(group: string, head?: Position): Promise<boolean>;
  /** For metrics and readiness. */
  status(): readonly GroupStatus[];
  readonly deadLetters: DeadLetters;
}

export interface GroupStatus {
  readonly group: string;
  /** Where the group's contiguous prefix ends, as the adapter writes positions. */
  readonly position: string;
  /** Messages taken and not yet done. */
  readonly inFlight: number;
  /** Keys that wait for a message to succeed. */
  readonly keysRetrying: number;
  readonly handled: number;
  /** Messages on the topics that are not done, where topics exist: of this replica's partitions. */
  readonly lag?: number;
}
