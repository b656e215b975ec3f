import type { LotPart } from './account.events';
import { walletOf, type OpenedAccount } from './account.state';
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

/** Active lots of these wallets (default: all that are spent by default), soonest expiry first. */
export function* spendableLots(
  account: OpenedAccount,
  wallets: readonly string[] = spendableWallets(account),
): Generator<Lot, void, undefined> {
  for (const lot of lotsOf(account.active)) if (wallets.includes(lot.wallet)) yield lot;
}

export function availableToSpend(
  account: OpenedAccount,
  wallets: readonly string[] = spendableWallets(account),
): number {
  return wallets.reduce((sum, wallet) => sum + walletOf(account, wallet).available, 0);
}

function spendableWallets(account: OpenedAccount): readonly string[] {
  return account.terms.wallets.flatMap(({ code, spendable }) => (spendable ? [code] : []));
}

export function partOf(lot: Lot, points: number): LotPart {
  const { remaining: _, held: __, ...rest } = lot;
  return { ...rest, points };
}

export function pointsOf(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}
