import { accepted, addMs, type Decision, type Instant } from '@fidelis/kernel';
import type { PurchaseEvent } from './purchase.events';
import type { Purchase } from './purchase.state';

/** An account that is back is found within seconds; one away for a day, within 5 minutes. */
const RETRY_MS_FIRST = 1000;
const RETRY_MS_MAX = 300_000;

/**
 * The account could not be asked: this purchase waits by itself, 1, 2, 4 … seconds, and holds up
 * no other.
 */
export function delaySettlement(
  command: { readonly attempt: number; readonly reason: string; readonly now: Instant },
  purchase: Purchase,
): Decision<PurchaseEvent> {
  const { attempt, reason, now } = command;
  if (purchase.phase === 'absent' || attempt !== purchase.delays + 1) return accepted();
  const delayMs = Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(attempt - 1, 20));
  const retryAt = addMs(now, delayMs);
  return accepted({
    type: 'SettlementDelayed',
    data: { attempt, reason, retryAt, at: now },
  } as const);
}
