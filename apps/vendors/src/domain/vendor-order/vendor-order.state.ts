import { assertInvariant, type Aggregate, type Instant } from '@fidelis/kernel';
import type { ItemCount, OrderReceived, VendorOrderEvent } from './vendor-order.events';

/**
 * `received`: to be placed. `acknowledged`: the vendor has it and will answer. `kept`: the vendor
 * refused to cancel it.
 */
export type VendorOrderPhase =
  'received' | 'acknowledged' | 'accepted' | 'refused' | 'cancelling' | 'cancelled' | 'kept';

export interface LiveOrder extends Omit<OrderReceived['data'], 'at'> {
  readonly phase: VendorOrderPhase;
  readonly receivedAt: Instant;
  /** Absent: stock was not looked at yet. */
  readonly stock?: { readonly items: readonly ItemCount[]; readonly givenBack: boolean };
  /** Attempts of what is being tried now (placing, cancelling), the one under way included. */
  readonly attempts: number;
  readonly retryAt?: Instant;
  readonly vendorOrderId?: string;
  readonly reason?: string;
}

export type VendorOrder = { readonly phase: 'absent' } | LiveOrder;

export const vendorOrderAggregate: Aggregate<VendorOrder, VendorOrderEvent> = {
  category: 'vendorOrder',
  initial: { phase: 'absent' },
  evolve,
};

function evolve(order: VendorOrder, event: VendorOrderEvent): VendorOrder {
  if (event.type === 'OrderReceived') {
    const { at, ...details } = event.data;
    return { ...details, phase: 'received', receivedAt: at, attempts: 0 };
  }
  assertInvariant(order.phase !== 'absent', `${event.type} before OrderReceived`);
  const evolver = evolvers[event.type] as (order: LiveOrder, data: object) => LiveOrder;
  return evolver(order, event.data);
}

type Evolvers = {
  readonly [Type in Exclude<VendorOrderEvent['type'], 'OrderReceived'>]: (
    order: LiveOrder,
    data: Extract<VendorOrderEvent, { type: Type }>['data'],
  ) => LiveOrder;
};

const evolvers: Evolvers = {
  StockSecured: (order, { items }) => ({ ...order, stock: { items, givenBack: false } }),
  StockGivenBack: (order) => ({ ...order, stock: { items: [], givenBack: true } }),
  PlacementAttempted: attempted,
  PlacementFailed: attempted,
  CancellationAttempted: attempted,
  CancellationFailed: attempted,
  OrderAcknowledged: (order, data) => ({ ...order, phase: 'acknowledged', ...saidBy(data) }),
  OrderAccepted: (order, data) => ({ ...order, phase: 'accepted', ...saidBy(data) }),
  OrderRefused: (order, data) => ({ ...order, phase: 'refused', ...saidBy(data) }),
  CancellationRequested: (order) => ({ ...withoutRetry(order), phase: 'cancelling', attempts: 0 }),
  OrderCancelled: (order, data) => ({ ...order, phase: 'cancelled', ...saidBy(data) }),
  OrderCancellationRefused: (order, data) => ({ ...order, phase: 'kept', ...saidBy(data) }),
};

function attempted(
  order: LiveOrder,
  { attempt, retryAt }: { readonly attempt: number; readonly retryAt: Instant },
): LiveOrder {
  return { ...order, attempts: attempt, retryAt };
}

function saidBy(answer: { readonly vendorOrderId?: string; readonly reason?: string }): {
  vendorOrderId?: string;
  reason?: string;
} {
  return {
    ...(answer.vendorOrderId !== undefined && { vendorOrderId: answer.vendorOrderId }),
    ...(answer.reason !== undefined && { reason: answer.reason }),
  };
}

function withoutRetry(order: LiveOrder): LiveOrder {
  const { retryAt: _retryAt, ...rest } = order;
  return rest;
}
