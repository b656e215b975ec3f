import { Defect, type Instant } from '@fidelis/kernel';
import type { LotShare } from '@fidelis/ledger';
import type { AccountEvent, LotPart } from '../domain/account';

export interface HeldAnswer {
  readonly holdId: string;
  readonly points: number;
  readonly expiresAt: Instant;
  /** In the order taken. */
  readonly lots: readonly LotShare[];
}

export interface CapturedAnswer {
  readonly holdId: string;
  readonly points: number;
  readonly releasedPoints: number;
  readonly lots: readonly LotShare[];
}

export function heldOf(events: readonly AccountEvent[]): HeldAnswer {
  for (const event of events) {
    if (event.type !== 'PointsHeld') continue;
    const { holdId, lots, expiresAt } = event.data;
    return { holdId, points: pointsOf(lots), expiresAt, lots: sharesOf(lots) };
  }
  throw new Defect('a hold without its event');
}

export function capturedOf(events: readonly AccountEvent[]): CapturedAnswer {
  for (const event of events) {
    if (event.type === 'HoldCaptured') {
      const { holdId, lots, released } = event.data;
      const points = { points: pointsOf(lots), releasedPoints: pointsOf(released) };
      return { holdId, ...points, lots: sharesOf(lots) };
    }
    if (event.type === 'CaptureForced') {
      const { holdId, lots, debt } = event.data;
      const points = { points: pointsOf(lots) + pointsOf(debt), releasedPoints: 0 };
      return { holdId, ...points, lots: sharesOf(lots) };
    }
  }
  throw new Defect('a capture without its event');
}

export function sharesOf(parts: readonly LotPart[]): readonly LotShare[] {
  return parts.map(({ lotId, points }) => ({ lotId, points }));
}

export function pointsOf(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}
