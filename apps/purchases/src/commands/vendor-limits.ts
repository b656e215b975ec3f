import type { Answered } from '@fidelis/contracts';
import { newId, type Instant } from '@fidelis/kernel';
import { addDuration } from '@fidelis/ledger';
import type { PurchasesStreams } from '../purchases.streams';
import { countSpend, giveSpendBack } from '../domain/vendor-spend';
import { no, requireDone, toRefusal, yes } from './answers';
import type { PurchaseDraft } from './purchase-draft';

/** Counts a purchase against what its buyer may spend at each vendor in a period: all or nothing. */
export async function countAgainstLimits(
  streams: PurchasesStreams,
  draft: PurchaseDraft,
  now: Instant,
): Promise<Answered<true>> {
  const { purchaseId, buyer } = draft;
  for (const [index, { vendorId, limits }] of draft.vendors.entries()) {
    const limit = limits?.perParticipant;
    if (limit === undefined) continue;
    const amount = draft.orders[index]?.amount ?? 0;
    const windowStart = before(now, limit.period);
    const counting = { purchaseId, amount, limit: limit.value, windowStart, now };
    const handled = await streams.vendorSpend.handle({
      id: spendIdOf(vendorId, buyer.participantId),
      operation: { id: newId() },
      now,
      decide: (spend) => countSpend(counting, spend),
    });
    if (handled.outcome === 'rejected') {
      await giveLimitsBack(streams, { ...draft, participantId: buyer.participantId }, now);
      return no(toRefusal(handled.rejection));
    }
    await handled.durable;
  }
  return yes(true);
}

/** The purchase came to nothing. Vendors without such a limit have counted nothing. */
export async function giveLimitsBack(
  streams: PurchasesStreams,
  purchase: {
    readonly purchaseId: string;
    readonly participantId: string;
    readonly orders: readonly { readonly vendorId: string }[];
  },
  now: Instant,
): Promise<void> {
  const { purchaseId, participantId, orders } = purchase;
  for (const vendorId of new Set(orders.map((order) => order.vendorId))) {
    const handled = await streams.vendorSpend.handle({
      id: spendIdOf(vendorId, participantId),
      operation: { id: newId() },
      now,
      decide: (spend) => giveSpendBack({ purchaseId, now }, spend),
    });
    await requireDone(handled);
  }
}

function spendIdOf(vendorId: string, participantId: string): string {
  return `${encodeURIComponent(vendorId)}:${participantId}`;
}

/** `period` back from `now`, exactly as long as the period that follows. */
function before(now: Instant, period: string): Instant {
  const lengthMs = Date.parse(addDuration(now, period, 'UTC')) - Date.parse(now);
  return new Date(Date.parse(now) - lengthMs).toISOString();
}
