import {
  assertNever,
  derivedId,
  newId,
  OperationalError,
  type Clock,
  type Decision,
  type Instant,
} from '@fidelis/kernel';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import type { Due, Process, Schedule, Timer } from '@fidelis/processes';
import { returnStock, takeStock } from '../domain/vendor';
import {
  beginAttempt,
  giveStockBack,
  nextAction,
  recordAnswer,
  requestCancellation,
  secureStock,
  type LiveOrder,
  type VendorOrder,
  type VendorOrderAction,
  type VendorOrderEvent,
} from '../domain/vendor-order';
import type { VendorsStreams } from '../vendors.streams';
import type { OrderDelivery } from './order-delivery';

/** A few appends and one request to the vendor: more is a defect, not an order. */
const STEPS_MAX = 20;

/** Carries an order on until it waits for its vendor, or is over. */
export class VendorOrderProcess {
  constructor(
    private readonly streams: VendorsStreams,
    private readonly delivery: OrderDelivery,
  ) {}

  /** Resolves with the request to the vendor that it began, if it began one. */
  async advance(orderId: string, now: Instant): Promise<{ readonly asked?: Promise<void> }> {
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const { state } = await this.streams.orders.load(orderId);
      const action = nextAction(state, now);
      if (state.phase === 'absent' || action.action === 'none' || action.action === 'wait') {
        return {};
      }
      if (action.action === 'place' || action.action === 'cancel') {
        const { action: to, attempt } = action;
        const mine = await this.begin(state, { to, attempt, now });
        if (mine) return { asked: this.delivery.deliver(state, to, attempt) };
      } else {
        await this.perform(action, state, now);
      }
    }
    throw new OperationalError(`${orderId} did not settle in ${STEPS_MAX} steps`);
  }

  /** `false`: somebody else began this attempt. */
  private async begin(
    { orderId }: LiveOrder,
    attempt: Parameters<typeof beginAttempt>[0],
  ): Promise<boolean> {
    const handled = await this.streams.orders.handle({
      id: orderId,
      operation: { id: newId() },
      now: attempt.now,
      decide: (order) => beginAttempt(attempt, order),
    });
    if (handled.outcome === 'rejected') return false;
    await handled.durable;
    return handled.outcome === 'accepted';
  }

  private perform(
    action: Extract<VendorOrderAction, { action: 'take-stock' | 'give-up' | 'return-stock' }>,
    order: LiveOrder,
    now: Instant,
  ): Promise<void> {
    switch (action.action) {
      case 'take-stock':
        return this.takeStock(order, now);
      case 'give-up':
        return this.record(order, now, (state) =>
          requestCancellation({ by: 'time-limit', now }, state),
        );
      case 'return-stock':
        return this.returnStock(order, action.items, now);
      default:
        return assertNever(action);
    }
  }

  private async takeStock(order: LiveOrder, now: Instant): Promise<void> {
    const { orderId, vendorId, items } = order;
    const handled = await this.streams.vendors.handle({
      id: vendorId,
      operation: { id: derivedId('take-stock', orderId) },
      now,
      decide: (vendor) => takeStock({ orderId, items, now }, vendor),
    });
    if (handled.outcome === 'rejected') {
      const reason = handled.rejection.detail;
      await this.record(order, now, (state) =>
        recordAnswer({ status: 'refused', reason, now }, state),
      );
      return;
    }
    await handled.durable;
    const taken = handled.events.flatMap((event) =>
      event.type === 'StockTaken' ? event.data.items : [],
    );
    await this.record(order, now, (state) => secureStock({ items: taken, now }, state));
  }

  private async returnStock(
    order: LiveOrder,
    items: LiveOrder['items'],
    now: Instant,
  ): Promise<void> {
    const { orderId, vendorId } = order;
    const handled = await this.streams.vendors.handle({
      id: vendorId,
      operation: { id: derivedId('return-stock', orderId) },
      now,
      decide: (vendor) => returnStock({ orderId, items, now }, vendor),
    });
    if (handled.outcome !== 'rejected') await handled.durable;
    await this.record(order, now, (state) => giveStockBack({ now }, state));
  }

  private async record(
    { orderId }: LiveOrder,
    now: Instant,
    decide: (order: VendorOrder) => Decision<VendorOrderEvent, { code: string; detail: string }>,
  ): Promise<void> {
    const operation = { id: newId() };
    const handled = await this.streams.orders.handle({ id: orderId, operation, now, decide });
    if (handled.outcome !== 'rejected') await handled.durable;
  }
}

/** Places what was received, cancels what was given up, returns stock: whatever is next. */
export function deliverOrders(orders: VendorOrderProcess, clock: Clock): Process {
  return {
    name: 'deliver-orders',
    categories: ['vendorOrder'],
    react: async (event) => {
      await orders.advance(idOf(event.stream), clock.now());
    },
  };
}

/**
 * Attempts that are due, and orders that nobody answered in time. A vendor that answers at once has
 * answered when `settle` resolves; one that is slow keeps nobody waiting.
 */
export function retryOrders(orders: VendorOrderProcess): Timer {
  return {
    ...orderDeadlines,
    settle: async (orderId, now) => {
      const { asked } = await orders.advance(orderId, now);
      if (asked !== undefined) await atMost(asked, VENDOR_WAIT_MS);
    },
  };
}

export const orderDeadlines: Schedule = {
  name: 'retry-orders',
  categories: ['vendorOrder'],
  dueOf,
};

const VENDOR_WAIT_MS = 250;

function dueOf(event: RecordedEvent): readonly Due[] {
  const { retryAt, answerBy } = event.data;
  const id = idOf(event.stream);
  const instants = [retryAt, answerBy].filter((at) => typeof at === 'string');
  return instants.map((at) => ({ id, at }));
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, tooLong]);
  clearTimeout(timer);
}
