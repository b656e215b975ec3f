import { assertInvariant, ContractError } from '@fidelis/kernel';
import type { Message } from '../message';
import type { Consumer } from '../consumer';
import type { Delivery } from './delivery';
import { DELIVERY_DEFAULTS, reasonOf, type DeliveryOptions } from './delivery-options';
import { GroupContext, type GroupHooks } from './group-context';
import { Lane } from './lane';

/**
 * Hands the messages of one group to its handlers: in order per key, many keys at once, within
 * bounds. Knows nothing of topics: adapters feed it and learn by `DeliveryOrigin` what was done.
 */
export class GroupConsumer {
  private readonly context: GroupContext;
  private readonly consumerOf = new Map<string, Consumer>();
  private readonly wholeTopics = new Map<string, Consumer>();
  private readonly lanes: readonly Lane[];
  private readonly work = new Set<Promise<void>>();

  constructor(
    readonly group: string,
    consumers: readonly Consumer[],
    { options, hooks }: { options?: Partial<DeliveryOptions>; hooks: GroupHooks },
  ) {
    for (const consumer of consumers) this.register(consumer);
    this.context = new GroupContext(group, { ...DELIVERY_DEFAULTS, ...options }, hooks);
    const { lanesMax, batchLanesMax } = this.context.options;
    const batches = consumers.some((consumer) => consumer.mode === 'batch');
    this.lanes = Array.from(
      { length: batches ? batchLanesMax : lanesMax },
      () => new Lane(this.context, (work) => this.track(work)),
    );
  }

  /** The types of message that the group handles. */
  get types(): ReadonlySet<string> {
    return new Set(this.consumerOf.keys());
  }

  /** Taken and not yet done. */
  get inFlight(): number {
    return this.context.queued;
  }

  get keysRetrying(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.keysRetrying, 0);
  }

  /** Whether its messages only repeat what calls have done: they cost nothing but their reading. */
  get isRepeating(): boolean {
    return this.context.isRepeating;
  }

  get handled(): number {
    return this.context.handledCount;
  }

  /** Takes messages, in the topic's order. Resolves when there is room for the next ones. */
  async accept(deliveries: readonly Delivery[]): Promise<void> {
    await this.push(deliveries);
    await this.context.room();
  }

  /** As `accept`, but does not wait for room: for sources that bound what they hand over. */
  async push(deliveries: readonly Delivery[]): Promise<void> {
    if (this.context.stopped) return;
    for (const delivery of deliveries) this.take(delivery);
    for (const lane of this.lanes) if (lane.wake()) await this.context.breather.pause();
    await this.context.breather.pause();
  }

  /** Lets the calls in flight end; what waits is dropped and comes again after a restart. */
  async close(): Promise<void> {
    this.context.stop();
    const ended = Promise.allSettled([...this.work]);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, this.context.options.closeWaitMs);
    });
    await Promise.race([ended, timeout]);
    clearTimeout(timer);
  }

  /** `false`: `accept` would pass it over, so it need not come at all. */
  wants(message: Pick<Message, 'type' | 'topic' | 'data'>): boolean {
    const consumer = this.consumerFor(message);
    if (consumer === undefined) return false;
    const { parse, where } = consumer;
    return parse !== undefined || where === undefined || where(message.data as never);
  }

  private register(consumer: Consumer): void {
    for (const { type, topic } of consumer.contracts) {
      assertInvariant(!this.consumerOf.has(type), `${this.group} handles ${type} twice`);
      this.consumerOf.set(type, consumer);
      if (consumer.everyType === true) this.wholeTopics.set(topic, consumer);
    }
  }

  private consumerFor({ type, topic }: Pick<Message, 'type' | 'topic'>): Consumer | undefined {
    return this.wholeTopics.get(topic) ?? this.consumerOf.get(type);
  }

  private take(delivery: Delivery): void {
    this.context.queued += 1;
    if (delivery.message !== undefined) {
      const consumer = this.consumerFor(delivery.message);
      delivery.consumer = consumer;
      if (consumer !== undefined) checkData(delivery, consumer);
      // A topic carries more than each of its groups wants.
      if (consumer === undefined || isPassedOver(delivery, consumer)) {
        this.context.handled(delivery);
        return;
      }
    }
    this.lanes[laneOf(delivery.key, this.lanes.length)]?.push(delivery);
  }

  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.context.defect(error))
      .finally(() => this.work.delete(tracked));
    this.work.add(tracked);
  }
}

function isPassedOver({ message, unreadable }: Delivery, { where }: Consumer): boolean {
  if (where === undefined || message === undefined || unreadable !== undefined) return false;
  return !where(message.data as never);
}

function checkData(delivery: Delivery, { parse }: Consumer): void {
  if (parse === undefined || delivery.message === undefined) return;
  try {
    delivery.message.data = parse(delivery.message.data);
  } catch (error) {
    delivery.unreadable =
      error instanceof ContractError ? error : new ContractError(reasonOf(error), { cause: error });
  }
}

/** FNV-1a: spreads ids that differ in a few characters. */
function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}
