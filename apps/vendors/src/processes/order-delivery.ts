import { GetShippingAddress } from '@fidelis/contracts';
import { newId, OperationalError, type Clock } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import type { OrderForVendor, VendorAdapter } from '../adapters/vendor-adapter';
import type { VendorAdapters } from '../adapters/vendor-adapters';
import {
  recordAnswer,
  recordFailedAttempt,
  type LiveOrder,
  type VendorAnswer,
} from '../domain/vendor-order';
import type { VendorsStreams } from '../vendors.streams';

/** One vendor's requests at a time, and those that may wait: the rest come again by their retry. */
const REQUESTS_PER_VENDOR_MAX = 16;
const WAITING_PER_VENDOR_MAX = 1000;

interface DeliveryNeeds {
  readonly streams: VendorsStreams;
  readonly adapters: VendorAdapters;
  readonly calls: ServiceCalls;
  readonly clock: Clock;
}

type Task = 'place' | 'cancel';

/**
 * Asks vendors, beside the feed: a vendor that is slow holds up nobody but its own orders. Nothing
 * depends on this memory: before each attempt the order's stream says when the next one is due.
 */
export class OrderDelivery {
  private readonly lanes = new Map<string, BulkheadPolicy>();
  private readonly underWay = new Set<Promise<void>>();
  private closing = false;

  constructor(private readonly needs: DeliveryNeeds) {}

  /** Resolves when the answer, or that there was none, is recorded. Never rejects. */
  deliver(order: LiveOrder, task: Task, attempt: number): Promise<void> {
    if (this.closing) return Promise.resolve();
    const work = this.laneOf(order.vendorId)
      .execute(() => this.ask(order, task))
      .then(
        (answer) => this.answered(order, task, { attempt, answer }),
        (error: unknown) => this.failed(order, task, { attempt, reason: reasonOf(error) }),
      )
      // What could not be recorded comes again with the retry.
      .catch(() => undefined)
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
    return work;
  }

  /** Takes no more, and waits for what is under way. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.underWay);
    await this.needs.adapters.close();
  }

  private async ask(order: LiveOrder, task: Task): Promise<Omit<VendorAnswer, 'now'>> {
    const adapter = await this.adapterOf(order);
    if (task === 'cancel') return adapter.cancel(order);
    return adapter.place(await this.forVendor(order));
  }

  private async adapterOf({ vendorId }: LiveOrder): Promise<VendorAdapter> {
    const { state } = await this.needs.streams.vendors.load(vendorId);
    if (state.phase === 'absent') throw new OperationalError(`no vendor ${vendorId}`);
    return this.needs.adapters.of(state);
  }

  private async forVendor(order: LiveOrder): Promise<OrderForVendor> {
    const { orderId, purchaseId, vendorId, items, amount, shippingAmount, currency } = order;
    const shipTo = await this.needs.calls.call(GetShippingAddress, { purchaseId });
    return {
      orderId,
      purchaseId,
      vendorId,
      items,
      amount,
      shippingAmount,
      currency,
      ...(shipTo !== null && { shipTo }),
    };
  }

  private async answered(
    order: LiveOrder,
    task: Task,
    { attempt, answer }: { readonly attempt: number; readonly answer: Omit<VendorAnswer, 'now'> },
  ): Promise<void> {
    // A cancellation that is only acknowledged is asked for again until it is answered.
    if (task === 'cancel' && answer.status === 'acknowledged') {
      await this.failed(order, task, { attempt, reason: 'the vendor has not decided yet' });
      return;
    }
    const now = this.needs.clock.now();
    const handled = await this.needs.streams.orders.handle({
      id: order.orderId,
      operation: { id: newId() },
      now,
      decide: (state) => recordAnswer({ ...answer, now }, state),
    });
    if (handled.outcome !== 'rejected') await handled.durable;
  }

  private async failed(
    order: LiveOrder,
    to: Task,
    { attempt, reason }: { readonly attempt: number; readonly reason: string },
  ): Promise<void> {
    const now = this.needs.clock.now();
    const handled = await this.needs.streams.orders.handle({
      id: order.orderId,
      operation: { id: newId() },
      now,
      decide: (state) => recordFailedAttempt({ to, attempt, reason, now }, state),
    });
    if (handled.outcome !== 'rejected') await handled.durable;
  }

  private laneOf(vendorId: string): BulkheadPolicy {
    const known = this.lanes.get(vendorId);
    if (known !== undefined) return known;
    const lane = bulkhead(REQUESTS_PER_VENDOR_MAX, WAITING_PER_VENDOR_MAX);
    this.lanes.set(vendorId, lane);
    return lane;
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'no answer').slice(0, 300);
}
