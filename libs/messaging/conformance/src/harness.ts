import type { EventStore } from '@fidelis/event-store';
import type {
  BusProblem,
  DeliveryOptions,
  Disturbance,
  MessageBus,
  Publisher,
} from '@fidelis/messaging';

export interface OpenBus {
  readonly publishers: readonly Publisher[];
  readonly delivery: Partial<DeliveryOptions>;
  readonly onProblem: (problem: BusProblem) => void;
  readonly onDefect: (error: unknown) => void;
  readonly disturbance?: Disturbance;
}

/** What not every adapter can do; the tests of the others are skipped by name. */
export interface Abilities {
  /** Repeats and shuffles messages on purpose. */
  readonly disturbance: boolean;
  /** Others can write to its topics. */
  readonly foreignRecords: boolean;
}

/** What an adapter brings to the suite. One harness a test. */
export interface MessageBusHarness {
  /** Where the tests append; the bus's publishers follow it. */
  readonly store: EventStore;
  /** A bus over the harness's storage; a second one after the first is a restart. */
  open(options: OpenBus): Promise<MessageBus>;
  /** Ends the bus as `kill -9` would: what it had not yet kept is lost. */
  crash(bus: MessageBus): Promise<void>;
  /** Puts a record on a topic that no publisher of ours wrote (`foreignRecords`). */
  readonly publishBytes?: (topic: string, key: string, bytes: Uint8Array) => Promise<void>;
  close(): Promise<void>;
}
