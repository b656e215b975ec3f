import { accountTotal, totalOf, type OpenedAccount } from '../domain/account';
import { lotsOf } from '../domain/account/lot-list';

/**
 * What does not add up in an account, if anything: its counters, wallets, lots, holds and debts
 * each tell the total, and must tell the same.
 */
export function unsoundnessOf(account: OpenedAccount): string | undefined {
  const total = accountTotal(account);
  const counted = totalOfLifetime(account);
  if (counted !== total) return `its counters give ${counted}, its wallets hold ${total}`;
  const held = heldIn(account);
  for (const [wallet, balance] of Object.entries(account.wallets)) {
    const sources = sum(Object.values(balance.sources).map((source) => source.total));
    if (sources !== totalOf(balance)) return `${wallet}: its sources give ${sources}`;
    const lots = lotsLessDebts(account, wallet);
    if (lots !== totalOf(balance)) return `${wallet}: its lots less its debts give ${lots}`;
    if ((held.get(wallet) ?? 0) !== balance.held) return `${wallet}: its holds do not add up`;
    if (Math.min(balance.available, balance.pending, balance.held, balance.debt) < 0) {
      return `${wallet}: a balance is negative`;
    }
  }
  return undefined;
}

function totalOfLifetime({ lifetime }: OpenedAccount): number {
  const { earned, reversed, redeemed, restored, expired, adjusted } = lifetime;
  const { transferredIn, transferredOut, mergedIn, mergedOut } = lifetime;
  const moved = transferredIn - transferredOut + mergedIn - mergedOut;
  return earned - reversed - redeemed + restored - expired + adjusted + moved;
}

function lotsLessDebts(account: OpenedAccount, wallet: string): number {
  const lots = [...lotsOf(account.active), ...lotsOf(account.pending)];
  const remaining = lots.filter((lot) => lot.wallet === wallet).map((lot) => lot.remaining);
  const debts = account.debts.filter((debt) => debt.wallet === wallet).map((debt) => debt.points);
  return sum(remaining) - sum(debts);
}

function heldIn(account: OpenedAccount): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const hold of account.holds) {
    for (const lot of hold.lots) held.set(lot.wallet, (held.get(lot.wallet) ?? 0) + lot.points);
  }
  return held;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
