import { assertInvariant } from '@fidelis/kernel';
import { Kafka, KafkaJSError, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import { stopIdleLoops } from './idle-loops';

/**
 * Outlasts a broker that is killed and comes back. Explicit: `NODE_ENV=test` changes kafkajs' own.
 */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  retries: 30,
  factor: 0.2,
  multiplier: 2,
};

const SCHEME = 'kafka://';

export function brokersOf(url: string): string[] {
  assertInvariant(url.startsWith(SCHEME), 'the address of Kafka begins with kafka://');
  return url.slice(SCHEME.length).replace(/\/$/, '').split(',');
}

/** Where brokers are, and how they are reached. */
export interface KafkaServer {
  /** `kafka://host:port,host:port`. */
  readonly url: string;
  /** Absent: in clear. */
  readonly tls?: {
    /** The certificates (PEM) that brokers are known by; absent: those that Node.js knows. */
    readonly authorities?: string;
  };
  /** Absent: without login. */
  readonly login?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

export function kafkaOf(server: KafkaServer & { readonly clientId: string }): Kafka {
  const { url, clientId, tls, login } = server;
  stopIdleLoops();
  return new Kafka({
    clientId,
    brokers: brokersOf(url),
    ...(tls !== undefined && { ssl: tls.authorities === undefined ? {} : { ca: tls.authorities } }),
    ...(login !== undefined && { sasl: login as SASLOptions }),
    retry: RETRY,
    // What matters comes as an error or an event; the rest would be lines of every rebalance.
    logLevel: logLevel.NOTHING,
  });
}

const KNOWN_MS_MAX = 15_000;
const KNOWN_POLL_MS = 50;

/** A broker learns of new topics a moment after they were made; kafkajs does not always wait. */
export async function untilKnown<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + KNOWN_MS_MAX;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const passes = error instanceof KafkaJSError && error.retriable;
      if (!passes || performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, KNOWN_POLL_MS));
  }
}
