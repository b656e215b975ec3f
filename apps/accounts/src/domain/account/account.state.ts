import { ownEntry, type Instant } from '@fidelis/kernel';
import type { AccountTerms, Source } from '@fidelis/ledger';
import type { DebtPart, LotPart, WalletAfter, WalletBalance } from './account.events';
import type { LotList } from './lot-list';

/** One participant's points in one programme. */
export type Account = NoAccount | OpenedAccount;

export interface NoAccount {
  readonly status: 'none';
}

export interface OpenedAccount {
  readonly status: 'open' | 'frozen' | 'closed';
  readonly accountId: string;
  readonly participantId: string;
  readonly programId: string;
  readonly terms: AccountTerms;
  /** Events folded so far: tells whether what was read beside the state is of the same moment. */
  readonly version: number;
  /** Sequence number of the membership's last command that was applied; the next is one more. */
  readonly membershipMark: number;
  /** In the order in which they are spent. Lots with nothing left are not kept. */
  readonly active: LotList;
  /** Granted, not active yet; in the order of their activation. */
  readonly pending: LotList;
  readonly holds: readonly Hold[];
  /** Oldest first. */
  readonly debts: readonly DebtPart[];
  /** Sums over lots, holds and debts: a balance does not look at lots. */
  readonly wallets: Readonly<Record<string, WalletAfter>>;
  readonly lifetime: Lifetime;
}

export interface Hold {
  readonly holdId: string;
  readonly lots: readonly LotPart[];
  readonly expiresAt: Instant;
  readonly source: Source;
  readonly reference?: string;
  readonly silent?: true;
}

export interface Lifetime {
  readonly earned: number;
  readonly reversed: number;
  readonly forgiven: number;
  readonly redeemed: number;
  readonly restored: number;
  readonly expired: number;
  readonly adjusted: number;
  readonly transferredIn: number;
  readonly transferredOut: number;
  readonly mergedIn: number;
  readonly mergedOut: number;
}

export const EMPTY_WALLET: WalletAfter = {
  pending: 0,
  available: 0,
  held: 0,
  debt: 0,
  sources: {},
};

export const NOTHING_YET: Lifetime = {
  earned: 0,
  reversed: 0,
  forgiven: 0,
  redeemed: 0,
  restored: 0,
  expired: 0,
  adjusted: 0,
  transferredIn: 0,
  transferredOut: 0,
  mergedIn: 0,
  mergedOut: 0,
};

export const initialAccount: Account = { status: 'none' };

/** The default wallet and point source: those that exist without being named. */
export const DEFAULT_WALLET = 'points';
export const DEFAULT_POINT_SOURCE = 'default';

export function totalOf(balance: WalletBalance): number {
  return balance.pending + balance.available + balance.held - balance.debt;
}

export function walletOf(account: Pick<OpenedAccount, 'wallets'>, wallet: string): WalletAfter {
  return ownEntry(account.wallets, wallet) ?? EMPTY_WALLET;
}

export function accountTotal(account: OpenedAccount): number {
  let total = 0;
  for (const wallet in account.wallets) total += totalOf(account.wallets[wallet] ?? EMPTY_WALLET);
  return total;
}
