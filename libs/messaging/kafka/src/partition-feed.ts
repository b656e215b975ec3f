import type { KafkaMessage } from 'kafkajs';
import {
  Delivery,
  disturbed,
  DonePrefix,
  type DeliveryOrigin,
  type Disturbance,
  type Failure,
  type GroupConsumer,
} from '@fidelis/messaging';

export interface FeedOptions {
  readonly topic: string;
  readonly partition: number;
  readonly consumer: GroupConsumer;
  readonly keepDeadLetter: (delivery: Delivery, failure: Failure) => Promise<void>;
  /** Takes no more than about so many messages that are not done. */
  readonly openMax: () => number;
  /** From the oldest message not done to the newest taken. */
  readonly spanMax: number;
  /** No more messages, please; and now more again. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly disturbance?: Disturbance | undefined;
}

/** A batch of a topic's partition as kafkajs gives it. */
export interface TakenBatch {
  readonly messages: readonly KafkaMessage[];
  readonly highWatermark: string;
  /** Of a record that may be no message of anybody: a transaction's end. */
  lastOffset(): string;
}

/** Messages decoded at once: others have their turn in between. */
const CHUNK = 200;

/** One partition as long as it is this replica's: what was taken, and what of it is done. */
export class PartitionFeed implements DeliveryOrigin {
  gone = false;
  /** The next offset to take; undefined before the first batch. */
  next: number | undefined;
  private prefix: DonePrefix<number> | undefined;
  private committed: number | undefined;
  private open = 0;
  private paused = false;
  private end = 0;

  constructor(private readonly options: FeedOptions) {}

  get topic(): string {
    return this.options.topic;
  }

  get partition(): number {
    return this.options.partition;
  }

  /** Where another consumer would begin: the offset after the done prefix. */
  get resumeAt(): number | undefined {
    return this.prefix === undefined ? undefined : this.prefix.position + 1;
  }

  /** What is done and not committed. */
  get toCommit(): number | undefined {
    return this.resumeAt === this.committed ? undefined : this.resumeAt;
  }

  get lag(): number {
    return this.resumeAt === undefined ? 0 : Math.max(0, this.end - this.resumeAt);
  }

  committedTo(offset: number): void {
    this.committed = offset;
  }

  /** The topic begins anew, or an operator set the group back: what is known of it is void. */
  isSetBackBy({ messages: [first] }: TakenBatch): boolean {
    return first !== undefined && this.next !== undefined && Number(first.offset) < this.next;
  }

  /** Resolves when the messages are handed over, not when they are done. */
  async take(batch: TakenBatch): Promise<void> {
    const { messages } = batch;
    this.end = Number(batch.highWatermark);
    for (let from = 0; from < messages.length && !this.gone; from += CHUNK) {
      const chunk = messages.slice(from, from + CHUNK);
      const deliveries = this.deliveries(chunk);
      this.next = Number(chunk.at(-1)?.offset) + 1;
      await this.options.consumer.push(deliveries);
    }
    this.passed(Number(batch.lastOffset()));
    if (!this.gone && this.isFull()) this.pause();
  }

  /** There is nothing for anybody up to here. */
  passed(lastOffset: number): void {
    if (this.gone || lastOffset < (this.next ?? 0)) return;
    const { prefix } = this.startingAt(lastOffset + 1);
    prefix.done(prefix.add(lastOffset));
    this.next = lastOffset + 1;
  }

  handled({ ticket }: Delivery): void {
    if (this.gone) return;
    this.open -= 1;
    this.prefix?.done(ticket);
    if (this.paused && this.hasRoom()) {
      this.paused = false;
      this.options.resume();
    }
  }

  async failed(delivery: Delivery, failure: Failure): Promise<void> {
    await this.options.keepDeadLetter(delivery, failure);
    this.handled(delivery);
  }

  private deliveries(messages: readonly KafkaMessage[]): readonly Delivery[] {
    const { disturbance } = this.options;
    if (disturbance === undefined) {
      return messages.map((message) => this.delivery(message, this.ticketOf(message)));
    }
    const tickets = new Map(messages.map((message) => [message, this.ticketOf(message)]));
    return disturbed(messages, disturbance, {
      keyOf: ({ key }) => key?.toString('utf8') ?? '',
      copy: (message, last) => this.delivery(message, last ? tickets.get(message) : undefined),
    });
  }

  private ticketOf({ offset }: KafkaMessage): number {
    this.open += 1;
    return this.startingAt(Number(offset)).prefix.add(Number(offset));
  }

  /** Without a ticket: a copy that does not count. */
  private delivery({ key, value, offset }: KafkaMessage, ticket?: number): Delivery {
    const { topic, partition } = this.options;
    const found = {
      topic,
      position: `${partition}:${offset}`,
      ...(key !== null && { key: key.toString('utf8') }),
    };
    const receipt = ticket === undefined ? { origin: NOBODY } : { origin: this, ticket };
    return Delivery.ofWire(value ?? NOTHING, found, receipt);
  }

  private startingAt(offset: number): { readonly prefix: DonePrefix<number> } {
    if (this.prefix === undefined) {
      this.prefix = new DonePrefix(offset - 1);
      this.committed = offset;
    }
    return { prefix: this.prefix };
  }

  private isFull(): boolean {
    return this.open >= this.options.openMax() || this.span >= this.options.spanMax;
  }

  /** Half empty, so that a fetch brings many at once again. */
  private hasRoom(): boolean {
    return this.open * 2 <= this.options.openMax() && this.span * 2 <= this.options.spanMax;
  }

  private get span(): number {
    return this.prefix?.span ?? 0;
  }

  private pause(): void {
    this.paused = true;
    this.options.pause();
  }
}

const NOBODY: DeliveryOrigin = { handled: () => undefined, failed: () => undefined };
const NOTHING = new Uint8Array();
