import type { Instant } from '@fidelis/kernel';
import type { AccountEvent, AccountFact, LotPart } from './account.events';
import type { Account, OpenedAccount } from './account.state';
import { settleDebt } from './debt.decide';
import { derivedLotId } from './lot-list';
import { nextDue, type Due } from './next-due';
import { step, type Progress } from './progress';
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
