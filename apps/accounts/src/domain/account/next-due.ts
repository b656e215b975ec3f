import type { Instant } from '@fidelis/kernel';
import type { Hold, OpenedAccount } from './account.state';
import { lotsOf, type Lot } from './lot-list';

/** Keeps one event well below the store's limit of 512 KiB. */
export const LOTS_PER_EVENT_MAX = 1000;

/** Something that time brings. */
export type Due =
  | { readonly kind: 'lapse'; readonly at: Instant; readonly hold: Hold }
  | { readonly kind: 'activate' | 'expire'; readonly at: Instant; readonly lots: readonly Lot[] };

/** When the next thing falls due; absent: nothing is waiting. */
export function nextDueAt(account: OpenedAccount): Instant | undefined {
  const lapse = firstToLapse(account)?.expiresAt;
  const activation = account.pending[0]?.[0]?.availableAt;
  return earliest(earliest(lapse, activation), firstFree(account)?.expiresAt);
}

/** The earliest by `until`; of several at one instant holds come first and expiries last. */
export function nextDue(account: OpenedAccount, until: Instant): Due | undefined {
  const at = nextDueAt(account);
  if (at === undefined || at > until) return undefined;
  const hold = firstToLapse(account);
  if (hold?.expiresAt === at) return { kind: 'lapse', at, hold };
  if (account.pending[0]?.[0]?.availableAt === at) return activationsWith(account, at);
  const lot = firstFree(account);
  return lot === undefined ? undefined : expiriesWith(account, lot);
}

function firstToLapse({ holds }: OpenedAccount): Hold | undefined {
  let first = holds[0];
  for (const hold of holds) {
    if (first !== undefined && hold.expiresAt < first.expiresAt) first = hold;
  }
  return first;
}

/** The first that can expire: a fully held lot does not while it is held. */
function firstFree({ active }: OpenedAccount): Lot | undefined {
  for (const chunk of active) {
    for (const lot of chunk) {
      if (lot.expiresAt === undefined) return undefined;
      if (lot.remaining > lot.held) return lot;
    }
  }
  return undefined;
}

function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function activationsWith(account: OpenedAccount, at: Instant): Due {
  const lots: Lot[] = [];
  for (const lot of lotsOf(account.pending)) {
    if (lot.availableAt !== at || lots.length === LOTS_PER_EVENT_MAX) break;
    lots.push(lot);
  }
  return { kind: 'activate', at, lots };
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
