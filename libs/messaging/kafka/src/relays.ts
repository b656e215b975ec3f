import type { Kysely } from 'kysely';
import { Defect } from '@fidelis/kernel';
import type { EventStore } from '@fidelis/event-store';
import type { HeldLease, Leases } from '@fidelis/leases';
import { PublisherRelay, type BusProblem, type Message, type Publisher } from '@fidelis/messaging';
import type { BusTables } from './bus-tables';
import type { MessageProducer } from './message-producer';
import { registerRelays, RelayPosition } from './relay-positions';

export interface RelaysOptions {
  readonly store: EventStore;
  readonly publishers: readonly Publisher[];
  readonly database: Kysely<BusTables>;
  readonly leases: Leases;
  readonly producer: Pick<MessageProducer, 'sendMessages'>;
  readonly onProblem: (problem: BusProblem) => void;
  readonly onDefect: (error: unknown) => void;
}

/** One page of the store's feed: each costs a round trip to the broker and two to the database. */
const BATCH_SIZE_MAX = 1_000;

/** The ways from the store's feed to the topics that this process may keep open. */
export class Relays {
  private readonly relays: readonly { relay: PublisherRelay; publisher: Publisher }[];
  private readonly held = new Map<string, HeldLease>();

  constructor(private readonly options: RelaysOptions) {
    this.relays = options.publishers.map((publisher) => ({
      publisher,
      relay: this.open(publisher),
    }));
  }

  async start(): Promise<void> {
    const { database, leases } = this.options;
    await registerRelays(
      database,
      this.relays.map(({ relay: { name }, publisher }) => ({ name, publisher })),
    );
    for (const { relay } of this.relays) {
      this.held.set(relay.name, leases.hold(`relay ${relay.name}`, relay));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.held.values()].map((lease) => lease.release()));
  }

  private open(publisher: Publisher): PublisherRelay {
    const { store, database, producer, onProblem } = this.options;
    const { topic } = publisher;
    const isHeld = (): boolean => this.held.get(relay.name)?.isHeld === true;
    const position = new RelayPosition(database, isHeld);
    const relay: PublisherRelay = new PublisherRelay({
      ...{ store, publisher, checkpoints: position, batchSizeMax: BATCH_SIZE_MAX },
      send: async (messages: readonly Message[]) => {
        await position.check(relay.name);
        await producer.sendMessages(topic, messages);
      },
      onError: (error) => {
        // A stored event that its own service cannot publish would be lost for all consumers.
        if (error instanceof Defect) this.options.onDefect(error);
        else onProblem({ kind: 'source', group: relay.name, topic, error });
      },
    });
    return relay;
  }
}
