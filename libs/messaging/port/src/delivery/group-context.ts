import type { Delivery, Failure } from './delivery';
import { backOffMs, type DeliveryOptions } from './delivery-options';
import { Breather, Permits, Sleeper } from './pauses';

/** Something an operator wants to know; the host writes it to its log. */
export interface BusProblem {
  readonly kind:
    | 'batch-failed'
    | 'retrying'
    | 'dead-letter'
    | 'dead-letter-not-kept'
    | 'offsets-not-kept'
    | 'source';
  readonly group: string;
  readonly topic?: string;
  readonly key?: string;
  readonly position?: string;
  readonly attempts?: number;
  readonly error: unknown;
}

export interface GroupHooks {
  readonly onProblem: (problem: BusProblem) => void;
  /** A broken invariant: the process must end. Nothing more is delivered to the group. */
  readonly onDefect: (error: unknown) => void;
}

/** What the lanes and the recoveries of one group share. */
export class GroupContext {
  readonly breather = new Breather();
  readonly recoveryPermits: Permits;
  stopped = false;
  /** Taken and not settled. */
  queued = 0;
  handledCount = 0;
  /** The last call found everything done. */
  isRepeating = false;
  private readonly sleeper = new Sleeper();
  private readonly roomWaiters: (() => void)[] = [];

  constructor(
    readonly group: string,
    readonly options: DeliveryOptions,
    private readonly hooks: GroupHooks,
  ) {
    this.recoveryPermits = new Permits(options.lanesMax);
  }

  handled(delivery: Delivery): void {
    this.handledCount += 1;
    delivery.origin.handled(delivery);
    this.release();
  }

  /** Keeps the dead letter, however often that takes: nothing is dropped. */
  async bury(delivery: Delivery, failure: Failure): Promise<void> {
    this.problem('dead-letter', delivery, failure);
    for (let attempt = 1; !this.stopped; attempt += 1) {
      if (this.isDropped(delivery)) return;
      try {
        await delivery.origin.failed(delivery, failure);
        this.release();
        return;
      } catch (error) {
        this.problem('dead-letter-not-kept', delivery, { error, attempts: attempt });
        await this.backOff(attempt);
      }
    }
  }

  /** Drops it when its partition went to another replica, which gives it a handler of its own. */
  isDropped({ origin }: Delivery): boolean {
    if (origin.gone !== true) return false;
    this.release();
    return true;
  }

  async backOff(attempt: number): Promise<void> {
    await this.sleeper.sleep(backOffMs(attempt, this.options));
  }

  problem(kind: BusProblem['kind'], delivery: Delivery, failure: Failure): void {
    const { topic, position } = delivery.found;
    this.hooks.onProblem({
      kind,
      group: this.group,
      topic,
      position,
      key: delivery.key,
      ...failure,
    });
  }

  defect(error: unknown): void {
    this.stop();
    this.hooks.onDefect(error);
  }

  stop(): void {
    this.stopped = true;
    this.sleeper.wakeAll();
    for (const resolve of this.roomWaiters.splice(0)) resolve();
  }

  /** Resolves when there is room for more messages, or the group stopped. */
  async room(): Promise<void> {
    if (this.stopped || this.queued < this.options.queuedMax) return;
    await new Promise<void>((resolve) => this.roomWaiters.push(resolve));
  }

  private release(): void {
    this.queued -= 1;
    // Half empty, so that the source brings many at once again.
    if (this.roomWaiters.length === 0 || this.queued * 2 > this.options.queuedMax) return;
    for (const resolve of this.roomWaiters.splice(0)) resolve();
  }
}

/** Lets the error reach the process's own handler of uncaught exceptions, whoever awaits here. */
export function endProcess(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
