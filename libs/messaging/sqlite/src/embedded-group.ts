import type { EventFeed, Position, RecordedEvent, Subscription } from '@fidelis/event-store';
import {
  assertPlain,
  Delivery,
  disturbed,
  DonePrefix,
  GroupConsumer,
  PublisherRoutes,
  type Consumer,
  type DeliveryOptions,
  type DeliveryOrigin,
  type DeliveryReceipt,
  type Disturbance,
  type Failure,
  type GroupHooks,
  type GroupStatus,
  type Message,
  type Publisher,
} from '@fidelis/messaging';
import type { BusGroup } from './bus-group';

export interface EmbeddedGroupOptions {
  readonly store: EventFeed;
  readonly publishers: readonly Publisher[];
  /** Resume after. */
  readonly offset: Position;
  readonly delivery: DeliveryOptions;
  readonly hooks: GroupHooks;
  readonly keepDeadLetter: (delivery: Delivery, failure: Failure) => Promise<void>;
  readonly disturbance?: Disturbance | undefined;
  readonly checkData: boolean;
  /** Told when more is done, once for many messages. */
  readonly onMoved?: () => void;
}

/** A message that was mapped, before it is delivered to the group. */
interface Mapped extends DeliveryReceipt {
  readonly message: Message;
  readonly position: string;
}

const NOBODY: DeliveryOrigin = { handled: () => undefined, failed: () => undefined };
const SPAN_POLL_MS = 20;

/**
 * One group as a checkpointed subscription of the event store. Its topics do not exist: each event
 * goes through the publishers' mapping and on to the handlers.
 */
export class EmbeddedGroup implements BusGroup, DeliveryOrigin {
  readonly consumer: GroupConsumer;
  private readonly routes: PublisherRoutes;
  private readonly prefix: DonePrefix<Position>;
  private subscription: Subscription | undefined;
  private readonly batches: boolean;
  private readonly lingerMs: number;
  private closed = false;
  private tellsMoved = false;
  /** The last event that went through the mapping. */
  private mappedTo: Position;

  constructor(
    readonly group: string,
    consumers: readonly Consumer[],
    private readonly options: EmbeddedGroupOptions,
  ) {
    const contracts = consumers.flatMap((consumer) => consumer.contracts);
    this.routes = new PublisherRoutes(options.publishers, contracts);
    this.batches = consumers.some(({ mode }) => mode === 'batch');
    const byDefault = this.batches ? options.delivery.batchLingerMs : 0;
    this.lingerMs = Math.min(...consumers.map(({ lingerMs }) => lingerMs ?? byDefault));
    this.prefix = new DonePrefix(options.offset);
    this.mappedTo = options.offset;
    const { delivery, hooks } = options;
    this.consumer = new GroupConsumer(group, consumers, { options: delivery, hooks });
  }

  get offset(): Position {
    return this.prefix.position;
  }

  status(): GroupStatus {
    const { inFlight, keysRetrying, handled } = this.consumer;
    return { group: this.group, position: String(this.offset), inFlight, keysRetrying, handled };
  }

  start(): Promise<void> {
    const { categories } = this.routes;
    const { batchSizeMax, batchLanesMax } = this.options.delivery;
    // Nobody in this process writes to its topics.
    if (categories.length === 0) return Promise.resolve();
    this.subscription = this.options.store.subscribe({
      name: this.group,
      after: this.offset,
      categories,
      batchSizeMax: this.batches ? batchSizeMax * batchLanesMax : batchSizeMax,
      lingerMs: this.lingerMs,
      isLight: () => !this.batches || this.consumer.isRepeating,
      onBatch: (events) => this.onBatch(events),
      onError: (error) =>
        this.options.hooks.onProblem({ kind: 'source', group: this.group, error }),
    });
    return Promise.resolve();
  }

  /** Somebody waits for it: it does not linger on its way to the head. */
  hurry(): void {
    this.subscription?.hurry();
  }

  async reached(head: Position | undefined): Promise<boolean> {
    const { categories } = this.routes;
    if (categories.length === 0) return true;
    const newest = await this.options.store.headOf(categories);
    if (this.offset >= Math.min(newest, head ?? newest)) return true;
    this.hurry();
    return false;
  }

  handled(delivery: Delivery): void {
    this.done(delivery.ticket);
  }

  async failed(delivery: Delivery, failure: Failure): Promise<void> {
    await this.options.keepDeadLetter(delivery, failure);
    this.done(delivery.ticket);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.consumer.close();
    await this.subscription?.stop();
  }

  private done(ticket: number): void {
    this.prefix.done(ticket);
    if (this.tellsMoved || this.options.onMoved === undefined) return;
    this.tellsMoved = true;
    setImmediate(() => {
      this.tellsMoved = false;
      this.options.onMoved?.();
    });
  }

  private async onBatch(events: readonly RecordedEvent[]): Promise<void> {
    if (this.closed) return;
    let mapped: readonly Mapped[];
    try {
      mapped = this.mapped(events);
    } catch (error) {
      // A stored event that its own service cannot publish would be lost for all consumers.
      this.closed = true;
      await this.consumer.close();
      this.options.hooks.onDefect(error);
      return;
    }
    await this.consumer.accept(this.deliveries(mapped));
    while (this.isFull()) {
      await new Promise((resolve) => setTimeout(resolve, SPAN_POLL_MS));
    }
  }

  /** One key that fails for long must not make a crash redeliver everything since. */
  private isFull(): boolean {
    return !this.closed && this.prefix.span >= this.options.delivery.spanMax;
  }

  private mapped(events: readonly RecordedEvent[]): Mapped[] {
    const mapped: Mapped[] = [];
    // An event is done with its last message; those before it only reach the event before.
    let covered = true;
    for (const event of events) {
      const messages = this.routes.messagesOf(event).filter((one) => this.consumer.wants(one));
      messages.forEach((message, index) => {
        if (this.options.checkData) assertPlain(message);
        const last = index === messages.length - 1;
        mapped.push({
          message,
          origin: this,
          position: `${event.position}.${index}`,
          ticket: this.prefix.add(last ? event.position : this.mappedTo),
        });
      });
      covered = messages.length > 0;
      this.mappedTo = event.position;
    }
    if (!covered) this.done(this.prefix.add(this.mappedTo));
    return mapped;
  }

  private deliveries(mapped: readonly Mapped[]): readonly Delivery[] {
    const { disturbance } = this.options;
    if (disturbance === undefined) return mapped.map((item) => this.delivery(item, true));
    return disturbed(mapped, disturbance, {
      keyOf: ({ message }) => message.key,
      copy: (item, last) => this.delivery(item, last),
    });
  }

  private delivery(mapped: Mapped, counts: boolean): Delivery {
    const receipt = counts ? mapped : { origin: NOBODY };
    return Delivery.ofMessage(mapped.message, mapped.position, receipt);
  }
}
