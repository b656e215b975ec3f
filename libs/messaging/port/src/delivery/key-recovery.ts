import { Defect } from '@fidelis/kernel';
import { PartOfBatchFailed } from '../consumer';
import type { ReceivedMessage } from '../message';
import type { Delivery } from './delivery';
import { verdictOn, type Verdict } from './delivery-options';
import type { GroupContext } from './group-context';

const PASSED_MAX = 256;

/**
 * The messages of one key of which one failed: each is given to its handler alone, in order, until
 * it succeeds or is a dead letter. Other keys go on meanwhile.
 */
export class KeyRecovery {
  private readonly waiting: Delivery[] = [];
  private next = 0;

  constructor(
    private readonly context: GroupContext,
    /** Called at once when nothing waits any more, so that no message comes in between. */
    private readonly onEmpty: () => void,
  ) {}

  add(delivery: Delivery): void {
    this.waiting.push(delivery);
  }

  /** `firstError`: how the first message failed, if it was tried alone already. */
  async run(firstError: unknown): Promise<void> {
    let error = firstError;
    for (;;) {
      const delivery = this.waiting[this.next];
      if (delivery === undefined) {
        this.onEmpty();
        return;
      }
      await this.settle(delivery, error);
      if (this.context.stopped) return;
      error = undefined;
      this.next += 1;
      this.dropPassed();
    }
  }

  private async settle(delivery: Delivery, firstError: unknown): Promise<void> {
    const since = performance.now();
    let error = delivery.unreadable ?? firstError;
    let attempts = error === undefined ? 0 : 1;
    while (!this.context.stopped && !this.context.isDropped(delivery)) {
      if (error === undefined) {
        attempts += 1;
        error = await this.attempt(delivery, attempts);
        if (error === undefined) return;
      }
      const verdict = verdictOn(error);
      if (verdict === 'crash') {
        this.context.defect(error);
        return;
      }
      if (delivery.unreadable !== undefined || this.isOver(verdict, attempts, since)) {
        await this.context.bury(delivery, { error, attempts });
        return;
      }
      this.context.problem('retrying', delivery, { error, attempts });
      await this.context.backOff(attempts);
      error = undefined;
    }
  }

  /** A busy key may never be empty. */
  private dropPassed(): void {
    if (this.next < PASSED_MAX) return;
    this.waiting.splice(0, this.next);
    this.next = 0;
  }

  /** What it threw, or `undefined` when the message is handled. */
  private async attempt(delivery: Delivery, attempt: number): Promise<unknown> {
    const { message, consumer } = delivery;
    if (message === undefined || consumer === undefined) return new Defect('nobody to handle it');
    message.attempt = attempt;
    try {
      await this.context.recoveryPermits.run(() => consumer.handle([message]));
    } catch (error) {
      const failure = failureOf(error, message);
      if (failure !== undefined) return failure;
    }
    this.context.handled(delivery);
    return undefined;
  }

  private isOver(verdict: Verdict, attempts: number, since: number): boolean {
    const { operationalRetryMs, unforeseenAttemptsMax } = this.context.options;
    switch (verdict) {
      case 'retry':
        return performance.now() - since >= operationalRetryMs;
      case 'retry-few':
        return attempts >= unforeseenAttemptsMax;
      case 'dead-letter':
      case 'crash':
        return true;
    }
  }
}

/** A batch handler that was given one message says of that one how it failed. */
function failureOf(error: unknown, message: ReceivedMessage): unknown {
  if (error instanceof PartOfBatchFailed) return error.failures.get(message);
  return error ?? new Error('the handler threw nothing');
}
