import { derivedId, rejected, type Decision, type Instant } from '@fidelis/kernel';
import {
  addToDay,
  dayOf,
  endOfDay,
  parseDuration,
  resolveExpiry,
  type AccountTerms,
  type Source,
} from '@fidelis/ledger';
import type { AccountEvent, LotPart } from './account.events';
import {
  accountNotFound,
  historyNeeded,
  type AccountNotFound,
  type HistoryNeeded,
  type RestoreExceedsSpend,
  type SpendNotFound,
} from './account.rejections';
import type { Account, OpenedAccount } from './account.state';
import { settleDebt } from './debt.decide';
import { beginSettled, settle } from './due.decide';
import type { SpendHistory } from './history';
import { derivedLotId } from './lot-list';
import { decided, step } from './progress';
import { pointsOf } from './take';

export interface RestorePoints {
  /** The operation whose spend is given back. */
  readonly spendOperationId: string;
  /** Of this restoring; makes the ids of lots that get other dates. */
  readonly operationId: string;
  readonly points: number;
  readonly source: Source;
  readonly at: Instant;
  readonly now: Instant;
}

type RestoreRejection = AccountNotFound | SpendNotFound | RestoreExceedsSpend | HistoryNeeded;

/**
 * Gives spent points back to the lots that paid, the last one first: what stays spent is what a
 * smaller spend would have taken. They come back with their expiry, or at least the programme's
 * minimum validity; they pay what the account owes first.
 */
export function restorePoints(
  command: RestorePoints,
  account: Account,
  history?: SpendHistory,
): Decision<AccountEvent, RestoreRejection> {
  if (account.status === 'none') return rejected(accountNotFound);
  if (history?.version !== account.version) return rejected(historyNeeded(account.version));
  const refusal = refuseRestore(command, history);
  if (refusal !== undefined) return rejected(refusal);
  const { spendOperationId, source, at, now, points } = command;
  const before = beginSettled(account, now);
  if (account.status === 'closed') {
    return decided(
      step(before, { type: 'RestoreDeclined', data: { spendOperationId, points, source, at } }),
    );
  }
  const lots = lotsToRestore(command, history, before.account);
  const restored = step(before, {
    type: 'PointsRestored',
    data: { spendOperationId, lots, source, at },
  });
  const lotIds = lots.map((lot) => lot.lotId);
  return decided(settle(settleDebt(restored, now, lotIds), now, now));
}

function refuseRestore(
  command: RestorePoints,
  history: SpendHistory,
): SpendNotFound | RestoreExceedsSpend | undefined {
  if (!history.found) {
    return { code: 'spend_not_found', detail: `nothing was spent by ${command.spendOperationId}` };
  }
  const left = pointsOf(history.left);
  if (command.points <= left) return undefined;
  return {
    code: 'restore_exceeds_spend',
    detail: `${left} points of this spend can still come back, not ${command.points}`,
  };
}

function lotsToRestore(
  command: RestorePoints,
  history: SpendHistory,
  account: OpenedAccount,
): readonly LotPart[] {
  const lots: LotPart[] = [];
  let left = command.points;
  for (const part of history.left.toReversed()) {
    if (left === 0) break;
    const points = Math.min(part.points, left);
    lots.push(withDates({ ...part, points }, command, account.terms));
    left -= points;
  }
  return lots;
}

function withDates(part: LotPart, command: RestorePoints, terms: AccountTerms): LotPart {
  if (part.lotId === '') return lotForDebt(part, command, terms);
  if (terms.restore === 'original' || part.expiresOn === undefined) return part;
  const today = dayOf(command.now, terms.timeZone);
  const expiresOn = addToDay(today, parseDuration(terms.restore));
  if (expiresOn <= part.expiresOn) return part;
  return {
    ...part,
    lotId: derivedLotId(part.lotId, suffixOf(command)),
    granted: part.points,
    expiresOn,
    expiresAt: endOfDay(expiresOn, terms.timeZone),
  };
}

/** Points that were spent as a debt never were a lot: they come back as one granted today. */
function lotForDebt(part: LotPart, command: RestorePoints, terms: AccountTerms): LotPart {
  return {
    ...part,
    ...resolveExpiry(terms, command.now),
    lotId: suffixOf(command),
    granted: part.points,
    grantedAt: command.now,
    source: command.source,
  };
}

function suffixOf(command: RestorePoints): string {
  return derivedId('restore', command.operationId).slice(0, 12);
}
