import { rejected, type Decision, type Instant, type Rejection } from '@fidelis/kernel';
import { POINTS_MAX, type Source } from '@fidelis/ledger';
import type { AccountEvent, LotPart } from './account.events';
import {
  accountClosed,
  accountFrozen,
  accountNotFound,
  type AccountClosedRefusal,
  type AccountFrozenRefusal,
  type AccountNotFound,
  type InsufficientPoints,
  type PointsLimitExceeded,
  type TooManyLots,
} from './account.rejections';
import type { Account, OpenedAccount } from './account.state';
import { beginSettled } from './due.decide';
import { LOTS_PER_EVENT_MAX } from './next-due';
import { decided, step, type Progress } from './progress';
import { availableToSpend, spendableLots, takeFrom } from './take';

export interface DebitPoints {
  readonly points: number;
  readonly reason: string;
  readonly reference?: string;
  readonly source: Source;
  readonly now: Instant;
}

export type SpendRejection =
  | AccountNotFound
  | AccountFrozenRefusal
  | AccountClosedRefusal
  | InsufficientPoints
  | PointsLimitExceeded
  | TooManyLots;

export function debitPoints(
  command: DebitPoints,
  account: Account,
): Decision<AccountEvent, SpendRejection> {
  const { now: at, points, ...data } = command;
  return spend(account, { points, now: at }, (before, lots) =>
    decided(step(before, { type: 'PointsDebited', data: { ...data, lots, at } })),
  );
}

interface Wanted {
  readonly points: number;
  readonly wallets?: readonly string[];
  readonly now: Instant;
}

/** Whatever spends points: only an open account, only what is available, in the order of lots. */
export function spend<R extends Rejection>(
  account: Account,
  want: Wanted,
  then: (before: Progress, lots: readonly LotPart[]) => Decision<AccountEvent, R>,
): Decision<AccountEvent, R | SpendRejection> {
  if (account.status === 'none') return rejected(accountNotFound);
  if (account.status === 'frozen') return rejected(accountFrozen);
  if (account.status === 'closed') return rejected(accountClosed);
  const before = beginSettled(account, want.now);
  const { parts, missing } = takeFrom(spendableLots(before.account, want.wallets), want.points);
  if (missing > 0) return rejected(insufficient(before.account, want));
  if (parts.length > LOTS_PER_EVENT_MAX) {
    return rejected({
      code: 'too_many_lots',
      detail: `${want.points} points lie in more than ${LOTS_PER_EVENT_MAX} lots: spend them in parts`,
    });
  }
  if (want.points > POINTS_MAX - before.account.lifetime.redeemed) {
    return rejected({
      code: 'points_limit_exceeded',
      detail: 'an account redeems 2^53 - 1 points at most',
    });
  }
  return then(before, parts);
}

function insufficient(account: OpenedAccount, want: Wanted): InsufficientPoints {
  const requested = want.points;
  const available = availableToSpend(account, want.wallets);
  return {
    code: 'insufficient_points',
    detail: `${requested} points were asked for, ${available} are available`,
    available,
    requested,
  };
}
