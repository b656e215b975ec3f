import type { Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import type { EventStore } from '@fidelis/event-store';
import type { Leases } from '@fidelis/leases';
import type {
  BusProblem,
  DeliveryOptions,
  Disturbance,
  PayloadCipher,
  Publisher,
} from '@fidelis/messaging';
import type { BusTables } from './bus-tables';
import type { KafkaServer } from './kafka-client';

export interface KafkaBusOptions extends KafkaServer {
  /** Shown in the broker's logs, e.g. `earning`. */
  readonly clientId: string;
  readonly store: EventStore;
  /** Of the services in this process: their messages go from the store's feed to the topics. */
  readonly publishers: readonly Publisher[];
  /** Where the relays are and what was set aside; shared by all services and replicas. */
  readonly database: Kysely<BusTables>;
  /** A relay runs on one replica at a time, under the lease `relay <name>`. */
  readonly leases: Leases;
  /** For the bytes of dead letters. The same key in all processes. */
  readonly cipher: PayloadCipher;
  readonly clock?: Clock;
  readonly delivery?: Partial<DeliveryOptions>;
  /** Other bounds for one group. */
  readonly deliveryOf?: (group: string) => Partial<DeliveryOptions>;
  readonly timing?: Partial<KafkaTiming>;
  readonly onProblem?: (problem: BusProblem) => void;
  /** Default: ends the process. Also called when a consumer ended that nobody asked to end. */
  readonly onDefect?: (error: unknown) => void;
  /** For tests of idempotence. */
  readonly disturbance?: Disturbance;
}

export interface KafkaTiming {
  /** How often offsets are committed: a crash redelivers what was handled since. */
  readonly commitEveryMs: number;
  /** After this long without a heartbeat a replica's partitions go to the others. */
  readonly sessionTimeoutMs: number;
  /** Also how soon a replica notices that another one came or went. */
  readonly heartbeatEveryMs: number;
  /** A long poll; `close` waits for one. */
  readonly pollMs: number;
  /** How often a replica looks for dead letters that a person wants tried again. */
  readonly retriesEveryMs: number;
  /** A consumer so long without a sign of life, while the broker answers, is dead. */
  readonly silenceMaxMs: number;
}

export const KAFKA_TIMING: KafkaTiming = {
  commitEveryMs: 200,
  sessionTimeoutMs: 10_000,
  heartbeatEveryMs: 1_000,
  pollMs: 300,
  retriesEveryMs: 1_000,
  silenceMaxMs: 60_000,
};

/**
 * After a crash, and after partitions moved to another replica, at most so many messages of a
 * partition come again although they were handled: behind one that fails for now.
 */
export const KAFKA_SPAN_MAX = 10_000;

/** A till's ticket that fails so long is set aside for a person; our own events wait for a night. */
export const FOREIGN_RETRY_MS = 15 * 60_000;
