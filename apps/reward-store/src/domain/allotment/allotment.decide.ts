import { accepted, rejected, type Decision, type Rejection } from '@fidelis/kernel';
import type { AllotmentGivenBack, AllotmentTaken, AllotmentVoided } from './allotment.events';
import type { Allotment } from './allotment.state';

export interface AllotmentExhausted extends Rejection {
  readonly code: 'out_of_stock' | 'limit_reached';
  readonly available: number;
  readonly requested: number;
}

/** A limit on one counter. It comes with the command: it may change, the counter goes on. */
export interface Limit {
  readonly allotmentId: string;
  readonly max: number;
  /** What to say when it is reached. */
  readonly code: AllotmentExhausted['code'];
}

export function takeAllotment(
  { limit, quantity }: { readonly limit: Limit; readonly quantity: number },
  { taken }: Allotment,
): Decision<AllotmentTaken, AllotmentExhausted> {
  const available = remainderOf(limit, { taken });
  if (quantity <= available) return accepted({ type: 'AllotmentTaken', data: { quantity } });
  const detail = `${available} left, ${quantity} asked for`;
  return rejected({ code: limit.code, detail, available, requested: quantity });
}

/** Never more than is taken. */
export function giveBackAllotment(
  { quantity }: { readonly quantity: number },
  { taken }: Allotment,
): Decision<AllotmentGivenBack> {
  const back = Math.min(quantity, taken);
  if (back === 0) return accepted();
  return accepted({ type: 'AllotmentGivenBack', data: { quantity: back } });
}

export function voidAllotment(): Decision<AllotmentVoided> {
  return accepted({ type: 'AllotmentVoided', data: {} });
}

export function remainderOf({ max }: Limit, { taken }: Allotment): number {
  return Math.max(0, max - taken);
}
