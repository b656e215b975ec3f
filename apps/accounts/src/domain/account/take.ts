import type { LotPart } from './account.events';
import { isSpendable, type OpenedAccount } from './account.state';
import { lotsOf, type Lot } from './lot-list';

export interface Taken {
  readonly parts: readonly LotPart[];
  /** What the lots did not have. */
  readonly missing: number;
}

/** Takes `points` from lots in the order given, of each what nothing holds. */
export function takeFrom(lots: Iterable<Lot>, points: number): Taken {
  const parts: LotPart[] = [];
  let missing = points;
  if (missing === 0) return { parts, missing };
  for (const lot of lots) {
    const free = Math.min(lot.remaining - lot.held, missing);
    if (free <= 0) continue;
    parts.push(partOf(lot, free));
    missing -= free;
    if (missing === 0) break;
  }
  return { parts, missing };
}

/** Active lots of every wallet that is spent by default, soonest expiry first. */
export function* spendableLots(account: OpenedAccount): Generator<Lot, void, undefined> {
  for (const lot of lotsOf(account.active)) if (isSpendable(account, lot.wallet)) yield lot;
}

export function availableToSpend(account: OpenedAccount): number {
  let available = 0;
  for (const wallet in account.wallets) {
    if (isSpendable(account, wallet)) available += account.wallets[wallet]?.available ?? 0;
  }
  return available;
}

export function partOf(lot: Lot, points: number): LotPart {
  const { remaining: _, held: __, ...rest } = lot;
  return { ...rest, points };
}

export function pointsOf(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}
