import { assertInvariant, assertNever, type Aggregate, type Instant } from '@fidelis/kernel';
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
  /** Failed attempts of what is being tried now (placing, cancelling). */
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
  switch (event.type) {
    case 'StockSecured':
      return { ...order, stock: { items: event.data.items, givenBack: false } };
    case 'StockGivenBack':
      return { ...order, stock: { items: [], givenBack: true } };
    case 'PlacementFailed':
    case 'CancellationFailed': {
      const { attempt, retryAt } = event.data;
      return { ...order, attempts: attempt, retryAt };
    }
    case 'OrderAcknowledged':
      return { ...order, phase: 'acknowledged', ...saidBy(event.data) };
    case 'OrderAccepted':
      return { ...order, phase: 'accepted', ...saidBy(event.data) };
    case 'OrderRefused':
      return { ...order, phase: 'refused', ...saidBy(event.data) };
    case 'CancellationRequested':
      return { ...withoutRetry(order), phase: 'cancelling', attempts: 0 };
    case 'OrderCancelled':
      return { ...order, phase: 'cancelled', ...saidBy(event.data) };
    case 'OrderCancellationRefused':
      return { ...order, phase: 'kept', ...saidBy(event.data) };
    default:
      return assertNever(event);
  }
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
