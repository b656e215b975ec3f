import { rejected, type Day, type Decision, type Instant } from '@fidelis/kernel';
import { endOfDay, escrowOf, POINTS_MAX, resolveExpiry, type Source } from '@fidelis/ledger';
import type { AccountEvent, GrantedLot, PointsCredited } from './account.events';
import {
  accountClosed,
  accountNotFound,
  type AccountClosedRefusal,
  type AccountNotFound,
  type ExpiresBeforeAvailable,
  type PointsLimitExceeded,
  type UnknownWallet,
} from './account.rejections';
import {
  DEFAULT_POINT_SOURCE,
  DEFAULT_WALLET,
  type Account,
  type OpenedAccount,
} from './account.state';
import { settleDebt } from './debt.decide';
import { beginSettled, settle } from './due.decide';
import { decided, step } from './progress';
import { GrantRoom } from './room';

export interface CreditPoints {
  readonly lotId: string;
  readonly points: number;
  readonly wallet?: string;
  readonly pointSource?: string;
  readonly reason: string;
  readonly reference?: string;
  /** Absent: at once. */
  readonly availableAt?: Instant;
  /** Absent: as the programme's policy says. */
  readonly expiresOn?: Day;
  readonly source: Source;
  readonly now: Instant;
}

type CreditRejection =
  | AccountNotFound
  | AccountClosedRefusal
  | UnknownWallet
  | ExpiresBeforeAvailable
  | PointsLimitExceeded;

export function creditPoints(
  command: CreditPoints,
  account: Account,
): Decision<AccountEvent, CreditRejection> {
  if (account.status === 'none') return rejected(accountNotFound);
  const refusal = refuseCredit(command, account);
  if (refusal !== undefined) return rejected(refusal);
  const before = beginSettled(account, command.now);
  const points = new GrantRoom(before.account).take(walletOf(command), command.points);
  const credited: PointsCredited = {
    type: 'PointsCredited',
    data: {
      ...(points === 0 ? {} : { lot: lotOf({ ...command, points }, account) }),
      wallet: walletOf(command),
      source: command.source,
      reason: command.reason,
      ...(command.reference === undefined ? {} : { reference: command.reference }),
      ...(points === command.points
        ? {}
        : { declined: { points: command.points - points, code: 'max_balance_reached' } }),
      at: command.now,
    },
  };
  const paid = settleDebt(step(before, credited), command.now, [command.lotId]);
  return decided(settle(paid, command.now));
}

function refuseCredit(command: CreditPoints, account: OpenedAccount): CreditRejection | undefined {
  if (account.status === 'closed') return accountClosed;
  const wallet = walletOf(command);
  if (!account.terms.wallets.some((terms) => terms.code === wallet)) {
    return { code: 'unknown_wallet', detail: `the programme has no wallet ${wallet}` };
  }
  if (command.points > POINTS_MAX - account.lifetime.earned) {
    return { code: 'points_limit_exceeded', detail: 'an account earns 2^53 - 1 points at most' };
  }
  const lot = lotOf(command, account);
  if (lot.expiresAt !== undefined && lot.expiresAt <= later(lot.availableAt, command.now)) {
    return {
      code: 'expires_before_available',
      detail: `points that expire on ${lot.expiresOn ?? ''} could never be spent`,
    };
  }
  return undefined;
}

function lotOf(command: CreditPoints, account: OpenedAccount): GrantedLot {
  const { terms } = account;
  const availableAt = command.availableAt ?? command.now;
  const dates =
    command.expiresOn === undefined
      ? resolveExpiry(terms, availableAt)
      : {
          availableAt,
          expiresOn: command.expiresOn,
          expiresAt: endOfDay(command.expiresOn, terms.timeZone),
          ...escrowOf(terms.expiry),
        };
  return {
    lotId: command.lotId,
    points: command.points,
    wallet: walletOf(command),
    pointSource: command.pointSource ?? DEFAULT_POINT_SOURCE,
    grantedAt: command.now,
    ...dates,
    ...(availableAt > command.now ? { pending: true as const } : {}),
  };
}

function walletOf(command: CreditPoints): string {
  return command.wallet ?? DEFAULT_WALLET;
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
