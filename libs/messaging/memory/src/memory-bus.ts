import { assertInvariant, systemClock, type Clock } from '@fidelis/kernel';
import type { EventStore, Position } from '@fidelis/event-store';
import {
  byGroup,
  DeadLetterOffice,
  DELIVERY_DEFAULTS,
  encodeMessage,
  endProcess,
  noCipher,
  PublisherRelay,
  type BusProblem,
  type Consumer,
  type DeadLetters,
  type DeliveryOptions,
  type Disturbance,
  type GroupStatus,
  type Message,
  type MessageBus,
  type Publisher,
} from '@fidelis/messaging';
import { MemoryBroker } from './memory-broker';
import { MemoryGroup } from './memory-group';

export interface MemoryBusOptions {
  /** Default: one of its own. */
  readonly broker?: MemoryBroker;
  /** With publishers: their messages come from this store's feed, as in production. */
  readonly store?: EventStore;
  readonly publishers?: readonly Publisher[];
  readonly clock?: Clock;
  readonly delivery?: Partial<DeliveryOptions>;
  readonly onProblem?: (problem: BusProblem) => void;
  /** Default: ends the process. */
  readonly onDefect?: (error: unknown) => void;
  /** Delivers messages several times and out of order across keys. */
  readonly disturbance?: Disturbance;
}

/** Topics in memory, for tests: works like a broker with relays, one partition a topic. */
export class MemoryBus implements MessageBus {
  readonly deadLetters: DeadLetters;
  private readonly broker: MemoryBroker;
  private readonly office: DeadLetterOffice;
  private readonly running = new Map<string, MemoryGroup>();
  private readonly relays: readonly PublisherRelay[];

  constructor(private readonly options: MemoryBusOptions = {}) {
    this.broker = options.broker ?? new MemoryBroker();
    this.office = new DeadLetterOffice({
      store: this.broker.deadLetters,
      clock: options.clock ?? systemClock,
      cipher: noCipher,
      consumerOf: (group) => this.running.get(group)?.consumer,
    });
    this.deadLetters = this.office;
    const { store, publishers = [] } = options;
    this.relays = store === undefined ? [] : publishers.map((each) => this.relay(store, each));
  }

  get groups(): readonly string[] {
    return [...this.running.keys()];
  }

  async start(consumers: readonly Consumer[]): Promise<void> {
    assertInvariant(this.running.size === 0, 'the bus was started already');
    for (const [group, ofGroup] of byGroup(consumers)) {
      this.running.set(group, this.open(group, ofGroup));
    }
    for (const group of this.running.values()) group.start();
    await Promise.all(this.relays.map((relay) => relay.start()));
  }

  /** Puts messages on their topics as another system would. */
  publish(...messages: readonly Message[]): void {
    for (const message of messages) {
      this.publishBytes(message.topic, message.key, encodeMessage(message));
    }
  }

  publishBytes(topic: string, key: string, wire: string | Uint8Array): void {
    this.broker.append(topic, [{ key, wire }]);
  }

  async reachedHead(group: string, head?: Position): Promise<boolean> {
    const running = this.running.get(group);
    assertInvariant(running !== undefined, `${group} does not run here`);
    for (const relay of this.relays) {
      const feeds = running.topicNames.includes(relay.topic);
      if (feeds && !(await relay.reached(head))) return false;
    }
    return running.reachedEnd();
  }

  status(): readonly GroupStatus[] {
    return [...this.running.values()].map((group) => group.status());
  }

  async close(): Promise<void> {
    await Promise.all([
      ...[...this.running.values()].map((group) => group.close()),
      ...this.relays.map((relay) => relay.stop()),
    ]);
  }

  private relay(store: EventStore, publisher: Publisher): PublisherRelay {
    return new PublisherRelay({
      ...{ store, publisher },
      checkpoints: this.broker,
      send: async (messages) => {
        this.publish(...messages);
        return Promise.resolve();
      },
    });
  }

  private open(group: string, consumers: readonly Consumer[]): MemoryGroup {
    return new MemoryGroup(group, consumers, {
      broker: this.broker,
      delivery: { ...DELIVERY_DEFAULTS, ...this.options.delivery },
      hooks: {
        onProblem: (problem) => this.options.onProblem?.(problem),
        onDefect: this.options.onDefect ?? endProcess,
      },
      keepDeadLetter: (letter, failure) => this.office.keep(group, letter, failure),
      disturbance: this.options.disturbance,
    });
  }
}
