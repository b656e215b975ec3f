import type { Settings } from '@fidelis/config';

export interface PurchasesConfig {
  /** How long `POST /purchases` waits for the vendors before it answers 202. */
  readonly purchaseWaitMs: number;
  /** How long vendors may take to answer an order. */
  readonly orderAnswerMs: number;
  /**
   * A hold outlasts the vendors' limit by this, so that the process may be down for a while and
   * still captures what was held.
   */
  readonly holdMarginMs: number;
  /** How long an external authorization holds points when the client does not say. */
  readonly authorizationTtl: string;
}

const HOUR_MS = 3_600_000;

export function toPurchasesConfig(
  settings: Pick<Settings, 'purchaseWaitMs' | 'orderAnswerSeconds'>,
): PurchasesConfig {
  return {
    purchaseWaitMs: settings.purchaseWaitMs,
    orderAnswerMs: settings.orderAnswerSeconds * 1000,
    holdMarginMs: HOUR_MS,
    authorizationTtl: 'PT30M',
  };
}
