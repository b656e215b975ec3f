import {
  Delivery,
  disturbed,
  DonePrefix,
  GroupConsumer,
  type Consumer,
  type DeliveryOptions,
  type DeliveryOrigin,
  type Disturbance,
  type Failure,
  type GroupHooks,
  type GroupStatus,
} from '@fidelis/messaging';
import type { MemoryBroker, TopicRecord } from './memory-broker';

export interface MemoryGroupOptions {
  readonly broker: MemoryBroker;
  readonly delivery: DeliveryOptions;
  readonly hooks: GroupHooks;
  readonly keepDeadLetter: (delivery: Delivery, failure: Failure) => Promise<void>;
  readonly disturbance?: Disturbance | undefined;
}

const NOBODY: DeliveryOrigin = { handled: () => undefined, failed: () => undefined };

/** One group: follows its topics and hands their records over. */
export class MemoryGroup {
  readonly consumer: GroupConsumer;
  private readonly topics: readonly TopicReader[];
  private closed = false;
  private following: Promise<void> | undefined;

  constructor(
    readonly group: string,
    consumers: readonly Consumer[],
    private readonly options: MemoryGroupOptions,
  ) {
    const { delivery, hooks } = options;
    this.consumer = new GroupConsumer(group, consumers, { options: delivery, hooks });
    const contracts = consumers.flatMap((consumer) => consumer.contracts);
    this.topics = [...new Set(contracts.map((contract) => contract.topic))].map(
      (topic) => new TopicReader(group, topic, options),
    );
  }

  get topicNames(): readonly string[] {
    return this.topics.map(({ topic }) => topic);
  }

  start(): void {
    this.following = this.follow();
  }

  /** Is everything done that the topics hold now? */
  reachedEnd(): boolean {
    return this.topics.every((topic) => topic.reachedEnd());
  }

  status(): GroupStatus {
    const { inFlight, keysRetrying, handled } = this.consumer;
    const position = this.topics.map(({ topic, offset }) => `${topic}@${offset}`).join(' ');
    return { group: this.group, position, inFlight, keysRetrying, handled };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.consumer.close();
    this.options.broker.wakeAll();
    await this.following;
  }

  private async follow(): Promise<void> {
    while (!this.closed) {
      const changed = this.options.broker.changed();
      let found = 0;
      for (const topic of this.topics) {
        const deliveries = topic.next();
        found += deliveries.length;
        if (deliveries.length > 0) await this.consumer.accept(deliveries);
      }
      if (found === 0) await changed;
    }
  }
}

class TopicReader implements DeliveryOrigin {
  private readonly prefix: DonePrefix<number>;
  private taken: number;

  constructor(
    private readonly group: string,
    readonly topic: string,
    private readonly options: MemoryGroupOptions,
  ) {
    this.prefix = new DonePrefix(options.broker.offsetOf(group, topic));
    this.taken = this.prefix.position + 1;
  }

  get offset(): number {
    return this.prefix.position;
  }

  reachedEnd(): boolean {
    return this.offset === this.options.broker.lengthOf(this.topic) - 1;
  }

  next(): readonly Delivery[] {
    const { broker, delivery, disturbance } = this.options;
    const records = broker.read(this.topic, this.taken, delivery.batchSizeMax);
    const found = records.map((record, index) => ({
      record,
      offset: this.taken + index,
      ticket: this.prefix.add(this.taken + index),
    }));
    this.taken += records.length;
    if (disturbance === undefined) return found.map((item) => this.delivery(item, true));
    return disturbed(found, disturbance, {
      keyOf: ({ record }) => record.key,
      copy: (item, last) => this.delivery(item, last),
    });
  }

  handled({ ticket }: Delivery): void {
    this.prefix.done(ticket);
    this.options.broker.commit(this.group, this.topic, this.offset);
  }

  async failed(delivery: Delivery, failure: Failure): Promise<void> {
    await this.options.keepDeadLetter(delivery, failure);
    this.handled(delivery);
  }

  private delivery(
    { record, offset, ticket }: { record: TopicRecord; offset: number; ticket: number },
    counts: boolean,
  ): Delivery {
    const found = { topic: this.topic, position: String(offset), key: record.key };
    return Delivery.ofWire(record.wire, found, { origin: counts ? this : NOBODY, ticket });
  }
}
