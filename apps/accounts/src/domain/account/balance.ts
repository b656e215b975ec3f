import type { Day, Instant } from '@fidelis/kernel';
import { addDays, boundedRatio, LAST_DAY } from '@fidelis/ledger';
import {
  walletOf,
  NOTHING_YET,
  totalOf,
  type Account,
  type Lifetime,
  type OpenedAccount,
} from './account.state';
import type { WalletBalance } from './account.events';
import { beginSettled } from './due.decide';
import { lotsOf, type Lot } from './lot-list';

export interface Balance extends WalletBalance {
  readonly total: number;
  readonly wallets: readonly (WalletBalance & {
    readonly wallet: string;
    readonly total: number;
  })[];
  readonly lifetime: Lifetime;
  readonly nextExpiry?: { readonly points: number; readonly on: Day };
  readonly worth?: { readonly amount: number; readonly currency: string };
}

const NO_POINTS: WalletBalance = { pending: 0, available: 0, held: 0, debt: 0 };

/**
 * What the account holds at `now`, in all or in one of its wallets: what is due by then counts,
 * recorded or not. The lifetime counters are the account's.
 */
export function balanceAt(account: Account, now: Instant, wallet?: string): Balance {
  if (account.status === 'none') {
    return { ...NO_POINTS, total: 0, wallets: [], lifetime: NOTHING_YET };
  }
  const settled = beginSettled(account, now).account;
  const next = nextExpiryOf(settled, wallet);
  const held = heldIn(settled, wallet);
  return {
    ...held,
    lifetime: settled.lifetime,
    ...(next === undefined ? {} : { nextExpiry: next }),
    worth: worthOf(settled, held.available),
  };
}

/** What `account` held before anything of it was known. */
export function balanceBefore(account: OpenedAccount, wallet?: string): Balance {
  const empty = heldIn({ ...account, wallets: {} }, wallet);
  return { ...empty, lifetime: NOTHING_YET, worth: worthOf(account, 0) };
}

/** Its programme has this wallet, or had it when points came into it. */
export function hasWallet(account: OpenedAccount, wallet: string): boolean {
  return walletsOf(account).some((known) => known.wallet === wallet);
}

/** Lots with something left of them, in the order of spending, pending ones after them. */
export function lotsAt(account: Account, now: Instant): readonly Lot[] {
  if (account.status === 'none') return [];
  const settled = beginSettled(account, now).account;
  return [...lotsOf(settled.active), ...lotsOf(settled.pending)];
}

export interface Expiration {
  readonly on: Day;
  readonly points: number;
  readonly wallet: string;
}

/** When points will expire if nobody spends them; held points do not expire. */
export function expirationsAt(account: Account, now: Instant): readonly Expiration[] {
  const schedule = new Map<string, Expiration>();
  for (const lot of lotsAt(account, now)) {
    const points = lot.remaining - lot.held;
    if (lot.expiresOn === undefined || points === 0) continue;
    const key = `${lot.expiresOn} ${lot.wallet}`;
    const before = schedule.get(key)?.points ?? 0;
    schedule.set(key, { on: lot.expiresOn, points: before + points, wallet: lot.wallet });
  }
  return [...schedule.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function heldIn(account: OpenedAccount, wallet: string | undefined) {
  const all = walletsOf(account);
  const wallets = wallet === undefined ? all : all.filter((one) => one.wallet === wallet);
  const sum = wallets.reduce(addWallets, NO_POINTS);
  return { ...sum, total: totalOf(sum), wallets };
}

function walletsOf(account: OpenedAccount): Balance['wallets'] {
  const codes = account.terms.wallets.map((wallet) => wallet.code);
  const others = Object.keys(account.wallets).filter((code) => !codes.includes(code));
  return [...codes, ...others.sort()].map((wallet) => {
    const { sources: _, ...balance } = walletOf(account, wallet);
    return { wallet, ...balance, total: totalOf(balance) };
  });
}

function addWallets(sum: WalletBalance, wallet: WalletBalance): WalletBalance {
  return {
    pending: sum.pending + wallet.pending,
    available: sum.available + wallet.available,
    held: sum.held + wallet.held,
    debt: sum.debt + wallet.debt,
  };
}

type NextExpiry = NonNullable<Balance['nextExpiry']>;

/** Looks at the soonest lots only: an account may have thousands. */
function nextExpiryOf(account: OpenedAccount, wallet: string | undefined): Balance['nextExpiry'] {
  let next: NextExpiry | undefined;
  for (const lot of lotsOf(account.active)) {
    // In the order of expiry; those that never expire come last.
    if (lot.expiresOn === undefined || isBeyond(lot.expiresOn, next)) break;
    next = sooner(next, lot, wallet);
  }
  for (const lot of lotsOf(account.pending)) next = sooner(next, lot, wallet);
  return next;
}

function sooner(
  next: NextExpiry | undefined,
  lot: Lot,
  wallet: string | undefined,
): NextExpiry | undefined {
  const { expiresOn: on } = lot;
  const points = lot.remaining - lot.held;
  if (on === undefined || points === 0) return next;
  if (wallet !== undefined && lot.wallet !== wallet) return next;
  if (next === undefined || on < next.on) return { points, on };
  return on === next.on ? { points: next.points + points, on } : next;
}

/** At one instant there are days up to two apart, in two zones: that far the order may differ. */
function isBeyond(on: Day, next: NextExpiry | undefined): boolean {
  if (next === undefined || on <= next.on || on === LAST_DAY) return false;
  return on > addDays(next.on, 2);
}

function worthOf(account: OpenedAccount, points: number): NonNullable<Balance['worth']> {
  const { redeem, currency } = account.terms;
  const rate = { numerator: redeem.worth, denominator: redeem.points };
  return { amount: boundedRatio(points, rate), currency };
}
