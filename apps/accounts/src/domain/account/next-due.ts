import type { Instant } from '@fidelis/kernel';
import type { Hold, OpenedAccount } from './account.state';
import { lotsOf, type Lot } from './lot-list';

/** Keeps one event well below the store's limit of 512 KiB. */
export const LOTS_PER_EVENT_MAX = 1000;

/** When the next thing falls due; absent: nothing is waiting. */
export function nextDueAt(account: OpenedAccount): Instant | undefined {
  return nextDue(account)?.at;
}

/** Something that time brings. */
export type Due =
  | { readonly kind: 'lapse'; readonly at: Instant; readonly hold: Hold }
  | { readonly kind: 'activate' | 'expire'; readonly at: Instant; readonly lots: readonly Lot[] };

/** The earliest; of several at one instant holds first and expiries last. */
export function nextDue(account: OpenedAccount, until?: Instant): Due | undefined {
  let due: Due | undefined;
  const consider = (at: Instant | undefined, make: () => Due): void => {
    if (at === undefined || (until !== undefined && at > until)) return;
    if (due === undefined || at < due.at) due = make();
  };
  for (const hold of account.holds) {
    consider(hold.expiresAt, () => ({ kind: 'lapse', at: hold.expiresAt, hold }));
  }
  const pending = account.pending[0]?.[0]?.availableAt;
  if (pending !== undefined) consider(pending, () => activationsWith(account, pending));
  const first = firstFree(account);
  if (first !== undefined) consider(first.expiresAt, () => expiriesWith(account, first));
  return due;
}

function activationsWith(account: OpenedAccount, at: Instant): Due {
  const lots: Lot[] = [];
  for (const lot of lotsOf(account.pending)) {
    if (lot.availableAt !== at || lots.length === LOTS_PER_EVENT_MAX) break;
    lots.push(lot);
  }
  return { kind: 'activate', at, lots };
}

/** A fully held lot does not expire while it is held. */
function firstFree(account: OpenedAccount): Lot | undefined {
  for (const lot of lotsOf(account.active)) {
    if (lot.expiresAt === undefined) return undefined;
    if (lot.remaining > lot.held) return lot;
  }
  return undefined;
}

/** Lots that expire at the same instant to the same place: the rest follows in another event. */
function expiriesWith(account: OpenedAccount, first: Lot): Due {
  const at = first.expiresAt ?? '';
  const lots: Lot[] = [];
  for (const lot of lotsOf(account.active)) {
    if (lot.expiresAt === undefined || lot.expiresAt > at) break;
    if (isFreeWith(lot, first)) lots.push(lot);
    if (lots.length === LOTS_PER_EVENT_MAX) break;
  }
  return { kind: 'expire', at, lots };
}

function isFreeWith(lot: Lot, first: Lot): boolean {
  const together = lot.expiresAt === first.expiresAt && lot.toWallet === first.toWallet;
  return together && lot.remaining > lot.held;
}
