import type { Clock, Instant } from '@fidelis/kernel';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import type { Due, Process, Schedule, Timer } from '@fidelis/processes';
import { giveLimitsBack } from '../commands/vendor-limits';
import type { PurchasesStreams } from '../purchases.streams';
import type { ShippingAddresses } from '../shipping/shipping-addresses';
import type { PurchaseProcess } from './purchase.process';

const CARRIES_ON: ReadonlySet<string> = new Set([
  'ConfirmationRequested',
  'ReleaseRequested',
  'OrderCancellationRefused',
  'OrderReversalRequested',
  'PurchaseFreedFromTicket',
]);

const CAME_TO_NOTHING: ReadonlySet<string> = new Set([
  'PurchaseCancelled',
  'PurchaseFailed',
  'PurchaseExpired',
]);

interface Settling {
  readonly purchases: PurchaseProcess;
  readonly streams: PurchasesStreams;
  readonly shipping: ShippingAddresses;
  readonly clock: Clock;
}

/** Picks up after a crash, carries on what a vendor's answer began, and tidies up at the end. */
export function settlePurchases({ purchases, streams, shipping, clock }: Settling): Process {
  const tidyUp = async (purchaseId: string, now: Instant, nothing: boolean): Promise<void> => {
    await shipping.erase(purchaseId);
    const { state } = await streams.purchases.load(purchaseId);
    if (nothing && state.phase !== 'absent') await giveLimitsBack(streams, state, now);
  };
  return {
    name: 'settle-purchases',
    categories: ['purchase'],
    react: async (event) => {
      const purchaseId = idOf(event.stream);
      const now = clock.now();
      if (CARRIES_ON.has(event.type)) await purchases.advanceOrDelay(purchaseId, now);
      const nothing = CAME_TO_NOTHING.has(event.type);
      if (nothing || event.type === 'PurchaseConfirmed') await tidyUp(purchaseId, now, nothing);
    },
  };
}

/** Authorizations that nobody confirmed, vendors that did not answer, an account that was away. */
export function endPurchasesInTime(purchases: PurchaseProcess): Timer {
  return {
    ...purchaseDeadlines,
    settle: (purchaseId, now) => purchases.advanceOrDelay(purchaseId, now),
  };
}

export const purchaseDeadlines: Schedule = {
  name: 'end-purchases-in-time',
  categories: ['purchase'],
  dueOf,
};

function dueOf(event: RecordedEvent): readonly Due[] {
  const { expiresAt, answerBy, retryAt } = event.data;
  const at = event.type === 'PurchaseAuthorized' ? expiresAt : (answerBy ?? retryAt);
  return typeof at === 'string' ? [{ id: idOf(event.stream), at }] : [];
}
