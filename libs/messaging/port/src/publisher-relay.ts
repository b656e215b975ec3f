import type { EventStore, Position, Subscription } from '@fidelis/event-store';
import type { Message } from './message';
import { publicMessages, type Publisher } from './publisher';

/** Where a relay got to: kept by the adapter, beside the topics where it can. */
export interface RelayCheckpoints {
  load(relay: string): Promise<Position>;
  save(relay: string, position: Position): Promise<void>;
}

export interface PublisherRelayOptions {
  readonly store: EventStore;
  readonly publisher: Publisher;
  readonly checkpoints: RelayCheckpoints;
  /** Puts messages on their topic, in order; resolves when the topic has them for good. */
  readonly send: (messages: readonly Message[]) => Promise<void>;
  readonly batchSizeMax?: number;
  readonly onError?: (error: unknown) => void;
}

const BATCH_SIZE_MAX = 500;

/**
 * Copies a publisher's messages from the store's feed to a topic, for buses that keep topics of
 * their own. The checkpoint follows the topic: after a crash some messages are sent again, with
 * the same ids.
 */
export class PublisherRelay {
  readonly name: string;
  private subscription: Subscription | undefined;
  private sent: Position | undefined;

  constructor(private readonly options: PublisherRelayOptions) {
    const { service, topic, categories } = options.publisher;
    this.name = `${service}:${topic}:${categories.join('+')}`;
  }

  get topic(): string {
    return this.options.publisher.topic;
  }

  async start(): Promise<void> {
    const { store, publisher, checkpoints } = this.options;
    this.sent = await checkpoints.load(this.name);
    this.subscription = store.subscribe({
      name: `publish ${this.name}`,
      after: this.sent,
      categories: publisher.categories,
      batchSizeMax: this.options.batchSizeMax ?? BATCH_SIZE_MAX,
      onBatch: async (events) => {
        const messages = events.flatMap((event) => publicMessages(publisher, event));
        if (messages.length > 0) await this.options.send(messages);
        this.sent = events.at(-1)?.position ?? this.sent;
        if (this.sent !== undefined) await checkpoints.save(this.name, this.sent);
      },
      ...(this.options.onError === undefined ? {} : { onError: this.options.onError }),
    });
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  /** Has it sent every message of the events up to `head` (default: the store's)? */
  async reached(head: Position | undefined): Promise<boolean> {
    const { store, publisher } = this.options;
    const newest = await store.headOf(publisher.categories);
    return this.sent !== undefined && this.sent >= Math.min(newest, head ?? newest);
  }
}
