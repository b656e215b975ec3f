import type { Instant } from '@fidelis/kernel';
import { floorRatio } from '@fidelis/ledger';
import type { Line } from './line';

/** A vendor's order that was paid with points, and what came back of it. */
export interface SettledOrder {
  readonly orderId: string;
  readonly vendorId: string;
  readonly currency: string;
  readonly amount: number;
  readonly commission: number;
  readonly reversedAmount: number;
}

export type SettlementOrigin = Pick<
  Line,
  'accountId' | 'programId' | 'stream' | 'revision' | 'eventId' | 'line' | 'recordedAt'
> & { readonly occurredAt: Instant };

export function settlementLine(order: SettledOrder, origin: SettlementOrigin): Line {
  const { orderId, amount, commission } = order;
  const entryId = `settlement:${orderId}`;
  return { ...moneyLine(order, origin), entryId, kind: 'settlement', amount, commission };
}

/**
 * The vendor gives `amount` back. Its share of the commission is rounded over all reversals of the
 * order together, so that a total reversal leaves nothing owed.
 */
export function settlementReversalLine(
  order: SettledOrder,
  reversal: { readonly reversalId: string; readonly amount: number },
  origin: SettlementOrigin,
): Line {
  const { amount, reversalId } = reversal;
  const commissionOf = (reversed: number): number =>
    order.amount === 0 ? 0 : floorRatio(order.commission, reversed, order.amount);
  const { reversedAmount } = order;
  const commission = commissionOf(reversedAmount + amount) - commissionOf(reversedAmount);
  const entryId = `settlement-reversal:${order.orderId}:${reversalId}`;
  return { ...moneyLine(order, origin), entryId, kind: 'settlement-reversal', amount, commission };
}

function moneyLine(
  order: SettledOrder,
  origin: SettlementOrigin,
): Omit<Line, 'entryId' | 'kind' | 'amount' | 'commission'> {
  const { vendorId, currency } = order;
  return {
    ...origin,
    termsVersion: 0,
    wallet: '',
    pointSource: '',
    channel: 'purchases',
    vendorId,
    currency,
    points: 0,
    forgiven: 0,
  };
}
