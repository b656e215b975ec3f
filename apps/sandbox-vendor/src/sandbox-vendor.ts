import { changed, friendly, type Behaviour } from './behaviour';
import { Callbacks } from './callbacks';
import { OrderBook } from './order-book';
import type { SandboxConfig } from './sandbox.config';

/** The vendor: its orders, its mood, and the line back to Fidelis. */
export class SandboxVendor {
  readonly book = new OrderBook();
  behaviour: Behaviour = friendly;
  private readonly callbacks: Callbacks;

  constructor(readonly config: SandboxConfig) {
    this.callbacks = new Callbacks(config);
  }

  /** `undefined`: not understood; nothing changes. */
  change(change: unknown): Behaviour | undefined {
    const next = changed(this.behaviour, change);
    if (next !== undefined) this.behaviour = next;
    return next;
  }

  async think(): Promise<void> {
    const { delayMs } = this.behaviour;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }

  callBack(orderId: string): void {
    const { callbackAfterMs } = this.behaviour;
    this.callbacks.later(callbackAfterMs, () => this.book.decide(orderId, this.behaviour));
  }

  onApplicationShutdown(): void {
    this.callbacks.stop();
  }
}
