import { isSettled, type LivePurchase } from '../domain/purchase';
import type { PurchasesConfig } from '../purchases.config';
import type { OpenPurchase } from './open-purchase';

/** Short at first: a vendor that answers at once should not wait for us. */
const LOOK_MS_FIRST = 2;
const LOOK_MS_MAX = 50;

/**
 * Waits a moment for the vendors. It looks at the stream instead of being told, so it does not
 * matter which process records their answers.
 */
export class AwaitSettlement {
  constructor(
    private readonly opening: OpenPurchase,
    private readonly config: PurchasesConfig,
  ) {}

  /** The purchase as it is when it settled or when the wait is over. */
  async of(purchaseId: string): Promise<LivePurchase> {
    const giveUpAt = performance.now() + this.config.purchaseWaitMs;
    for (let lookMs = LOOK_MS_FIRST; ; lookMs = Math.min(LOOK_MS_MAX, lookMs * 2)) {
      const purchase = await this.opening.load(purchaseId);
      if (isSettled(purchase) || performance.now() + lookMs > giveUpAt) return purchase;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
}
