import type { Instant } from '@fidelis/kernel';
import type { AccountEvent, AccountFact, LotPart } from './account.events';
import type { Account, Hold, OpenedAccount } from './account.state';
import { settleDebt } from './debt.decide';
import { derivedLotId, lotsOf, type Lot } from './lot-list';
import { LOTS_PER_EVENT_MAX, step, type Progress } from './progress';
import { partOf } from './take';

/**
 * What became due up to `now` and is not recorded yet, in the order of time: holds lapse, pending
 * lots become active, lots expire. Points that became free so pay a debt first. `since`: when the
 * event before it freed or returned points; what was overdue already falls due then.
 */
export function settle(progress: Progress, now: Instant, since?: Instant): Progress {
  let settled = progress;
  let clock = since;
  for (;;) {
    const due = nextDue(settled.account, now);
    const at = due === undefined ? undefined : later(due.at, clock);
    if (clock !== undefined && (at === undefined || at > clock)) {
      settled = settleDebt(settled, clock);
    }
    if (due === undefined || at === undefined) return settled;
    settled = step(settled, eventOf(due, at));
    clock = at;
  }
}

export function beginSettled(account: OpenedAccount, now: Instant): Progress {
  return settle({ account, events: [] }, now);
}

/** The events that time alone brings, without any command. */
export function dueEvents(account: Account, now: Instant): readonly AccountEvent[] {
  return account.status === 'none' ? [] : beginSettled(account, now).events;
}

/** When the next one falls due; absent: nothing is waiting. */
export function nextDueAt(account: Account): Instant | undefined {
  return account.status === 'none' ? undefined : nextDue(account)?.at;
}

type Due =
  | { readonly kind: 'lapse'; readonly at: Instant; readonly hold: Hold }
  | { readonly kind: 'activate' | 'expire'; readonly at: Instant; readonly lots: readonly Lot[] };

/** The earliest; of several at one instant holds first and expiries last. */
function nextDue(account: OpenedAccount, until?: Instant): Due | undefined {
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

function eventOf(due: Due, at: Instant): AccountFact {
  if (due.kind === 'lapse') {
    const { expiresAt: _, ...hold } = due.hold;
    return { type: 'HoldLapsed', data: { ...hold, at } };
  }
  const lots = due.lots.map((lot) => partOf(lot, lot.remaining - lot.held));
  if (due.kind === 'activate') return { type: 'LotsActivated', data: { lots, at } };
  const toWallet = due.lots[0]?.toWallet;
  if (toWallet === undefined) return { type: 'LotsExpired', data: { lots, at } };
  const into = lots.map((part) => escrowed(part, toWallet, at));
  return { type: 'LotsEscrowed', data: { lots, into, at } };
}

/** What expired into another wallet never expires there. */
function escrowed(part: LotPart, wallet: string, at: Instant): LotPart {
  return {
    lotId: derivedLotId(part.lotId, wallet),
    points: part.points,
    granted: part.points,
    wallet,
    pointSource: part.pointSource,
    grantedAt: part.grantedAt,
    availableAt: at,
    source: part.source,
  };
}

function later(a: Instant, b: Instant | undefined): Instant {
  return b === undefined || a > b ? a : b;
}
