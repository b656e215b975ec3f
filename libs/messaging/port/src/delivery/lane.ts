import { PartOfBatchFailed, REPEATED, type Consumer } from '../consumer';
import type { InboundMessage } from '../wire';
import type { Delivery } from './delivery';
import { verdictOn } from './delivery-options';
import type { GroupContext } from './group-context';
import { KeyRecovery } from './key-recovery';

interface Call {
  readonly consumer: Consumer;
  readonly deliveries: readonly Delivery[];
}

/**
 * One of a group's queues; a key is always in the same one. Calls one handler at a time with as
 * many messages as wait for it. A key whose message failed steps aside into a `KeyRecovery`.
 */
export class Lane {
  private queue: Delivery[] = [];
  private next = 0;
  private running = false;
  private readonly recoveries = new Map<string, KeyRecovery>();

  constructor(
    private readonly context: GroupContext,
    /** Told of every piece of work, so that a shutdown can wait for it. */
    private readonly track: (work: Promise<void>) => void,
  ) {}

  get keysRetrying(): number {
    return this.recoveries.size;
  }

  push(delivery: Delivery): void {
    this.queue.push(delivery);
  }

  /** `true`: a handler was called. */
  wake(): boolean {
    if (this.running || this.next >= this.queue.length || this.context.stopped) return false;
    this.running = true;
    this.track(this.run());
    return true;
  }

  private async run(): Promise<void> {
    while (!this.context.stopped) {
      const call = this.nextCall();
      if (call === undefined) break;
      await this.deliver(call);
      const pause = this.context.breather.pause();
      if (pause !== undefined) await pause;
    }
    this.running = false;
  }

  private nextCall(): Call | undefined {
    const consumer = this.peek()?.consumer;
    if (consumer === undefined) return undefined;
    const sizeMax = consumer.mode === 'batch' ? this.context.options.batchSizeMax : 1;
    const deliveries: Delivery[] = [];
    while (deliveries.length < sizeMax) {
      const delivery = this.peek();
      if (delivery?.consumer !== consumer) break;
      deliveries.push(delivery);
      this.next += 1;
    }
    this.dropPassed();
    return { consumer, deliveries };
  }

  /** The next message to hand over; those of keys in recovery leave the queue here. */
  private peek(): Delivery | undefined {
    for (; this.next < this.queue.length; this.next += 1) {
      const delivery = this.queue[this.next];
      if (delivery !== undefined && !this.stepsAside(delivery)) return delivery;
    }
    return undefined;
  }

  private stepsAside(delivery: Delivery): boolean {
    const recovery = this.recoveries.get(delivery.key);
    if (this.context.isDropped(delivery)) return true;
    if (recovery !== undefined) recovery.add(delivery);
    else if (delivery.unreadable !== undefined) this.recover([delivery], delivery.unreadable);
    else return false;
    return true;
  }

  private async deliver({ consumer, deliveries }: Call): Promise<void> {
    let outcome: unknown;
    try {
      outcome = await consumer.handle(deliveries.map(({ message }) => message as InboundMessage));
    } catch (error) {
      this.onFailure(deliveries, error ?? new Error('the handler threw nothing'));
      return;
    }
    this.context.isRepeating = outcome === REPEATED;
    for (const delivery of deliveries) this.context.handled(delivery);
  }

  private onFailure(deliveries: readonly Delivery[], error: unknown): void {
    if (verdictOn(error) === 'crash') {
      this.context.defect(error);
      return;
    }
    const [first] = deliveries;
    if (first === undefined) return;
    if (error instanceof PartOfBatchFailed) {
      for (const ofKey of byKey(deliveries).values()) this.onPartFailed(ofKey, error.failures);
      return;
    }
    if (deliveries.length === 1) {
      this.recover(deliveries, error);
      return;
    }
    // Which of them failed is not known: each key tries its own again, one message at a time.
    this.context.problem('batch-failed', first, { error, attempts: 1 });
    for (const ofKey of byKey(deliveries).values()) this.recover(ofKey, undefined);
  }

  private onPartFailed(ofKey: readonly Delivery[], failures: PartOfBatchFailed['failures']): void {
    const at = ofKey.findIndex(({ message }) => message !== undefined && failures.has(message));
    const done = at === -1 ? ofKey : ofKey.slice(0, at);
    for (const delivery of done) this.context.handled(delivery);
    const failed = ofKey[at]?.message;
    if (failed !== undefined) this.recover(ofKey.slice(at), failures.get(failed));
  }

  private recover(deliveries: readonly Delivery[], error: unknown): void {
    const key = deliveries[0]?.key ?? '';
    const recovery = new KeyRecovery(this.context, () => this.recoveries.delete(key));
    for (const delivery of deliveries) recovery.add(delivery);
    this.recoveries.set(key, recovery);
    this.track(recovery.run(error));
  }

  private dropPassed(): void {
    if (this.next * 2 < this.queue.length) return;
    this.queue = this.queue.slice(this.next);
    this.next = 0;
  }
}

function byKey(deliveries: readonly Delivery[]): Map<string, Delivery[]> {
  const keys = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const ofKey = keys.get(delivery.key);
    if (ofKey === undefined) keys.set(delivery.key, [delivery]);
    else ofKey.push(delivery);
  }
  return keys;
}
