import { rejected, type Decision, type Instant } from '@fidelis/kernel';
import type { Source } from '@fidelis/ledger';
import type { AccountEvent, DebtPart, LotPart } from './account.events';
import {
  accountNotFound,
  type AccountNotFound,
  type CaptureExceedsHold,
  type HistoryNeeded,
  type HoldExpiryPast,
  type HoldNotActive,
  historyNeeded,
} from './account.rejections';
import {
  DEFAULT_POINT_SOURCE,
  DEFAULT_WALLET,
  type Account,
  type Hold,
  type OpenedAccount,
} from './account.state';
import { beginSettled, settle } from './due.decide';
import type { HoldHistory } from './history';
import { decided, step, type Progress } from './progress';
import { spend, type SpendRejection } from './spend.decide';
import { pointsOf, spendableLots, takeFrom } from './take';

export interface HoldPoints {
  readonly holdId: string;
  readonly points: number;
  /** Takes lots of these wallets only; absent: of all that are spent by default. */
  readonly wallets?: readonly string[];
  readonly expiresAt: Instant;
  readonly source: Source;
  readonly reference?: string;
  readonly silent?: true;
  readonly now: Instant;
}

/** Reserves points until `expiresAt`; the lots it takes can be promised to nobody else. */
export function holdPoints(
  command: HoldPoints,
  account: Account,
): Decision<AccountEvent, SpendRejection | HoldExpiryPast> {
  const { now: at, points, wallets, ...data } = command;
  if (command.expiresAt <= at) {
    return rejected({
      code: 'hold_expiry_past',
      detail: `a hold that expires at ${command.expiresAt} would hold nothing`,
    });
  }
  const want = { points, now: at, ...(wallets !== undefined && { wallets }) };
  return spend(account, want, (before, lots) =>
    decided(step(before, { type: 'PointsHeld', data: { ...data, lots, at } })),
  );
}

export interface CaptureHold {
  readonly holdId: string;
  /** Absent: all that is held. */
  readonly points?: number;
  /** Must succeed: where the hold has ended other lots pay, and what they lack is owed. */
  readonly force?: boolean;
  readonly source: Source;
  readonly purchaseAmount?: number;
  /** Business time. */
  readonly at: Instant;
  readonly now: Instant;
}

export type CaptureRejection = AccountNotFound | HoldNotActive | CaptureExceedsHold;

/** Spends what is held. `history`: what the stream knows of a hold that the state forgot. */
export function captureHold(
  command: CaptureHold,
  account: Account,
  history?: HoldHistory,
): Decision<AccountEvent, CaptureRejection | HistoryNeeded> {
  if (account.status === 'none') return rejected(accountNotFound);
  const before = beginSettled(account, command.now);
  const hold = findHold(before.account, command.holdId);
  if (hold !== undefined) return captureActive(command, hold, before);
  const lapsedNow = findHold(account, command.holdId);
  if (command.force !== true) return rejected(holdNotActive(command.holdId));
  if (lapsedNow !== undefined) return captureEnded(command, lapsedNow, before);
  if (history?.version !== account.version) return rejected(historyNeeded(account.version));
  if (history.hold === undefined || history.captured) {
    return rejected(holdNotActive(command.holdId));
  }
  return captureEnded(command, history.hold, before);
}

function captureActive(
  command: CaptureHold,
  hold: Hold,
  before: Progress,
): Decision<AccountEvent, CaptureRejection> {
  const held = pointsOf(hold.lots);
  const points = command.points ?? held;
  if (points > held) return rejected(exceedsHold(points, held));
  const { parts } = takeFrom(hold.lots.map(asLot), points);
  const captured = step(before, {
    type: 'HoldCaptured',
    data: { ...captureOf(command, hold), lots: parts, released: without(hold.lots, parts) },
  });
  return decided(settle(captured, command.now, command.now));
}

/** The frozen and the closed pay too: the points were promised when the account was open. */
function captureEnded(
  command: CaptureHold,
  hold: Hold,
  before: Progress,
): Decision<AccountEvent, CaptureRejection> {
  const held = pointsOf(hold.lots);
  const points = command.points ?? held;
  if (points > held) return rejected(exceedsHold(points, held));
  const { parts, missing } = takeFrom(spendableLots(before.account), points);
  const debt: DebtPart[] = missing === 0 ? [] : [{ ...debtorOf(hold), points: missing }];
  const forced = step(before, {
    type: 'CaptureForced',
    data: { ...captureOf(command, hold), lots: parts, debt },
  });
  return decided(forced);
}

export interface ReleaseHold {
  readonly holdId: string;
  readonly now: Instant;
}

/** Gives back what is held. A lot that expired meanwhile expires at once. */
export function releaseHold(
  command: ReleaseHold,
  account: Account,
): Decision<AccountEvent, AccountNotFound | HoldNotActive> {
  if (account.status === 'none') return rejected(accountNotFound);
  const before = beginSettled(account, command.now);
  const hold = findHold(before.account, command.holdId);
  if (hold === undefined) return rejected(holdNotActive(command.holdId));
  const { expiresAt: _, ...data } = hold;
  const released = step(before, { type: 'HoldReleased', data: { ...data, at: command.now } });
  return decided(settle(released, command.now, command.now));
}

function captureOf(command: CaptureHold, hold: Hold) {
  const { holdId, reference, silent } = hold;
  const { purchaseAmount, source, at } = command;
  return {
    holdId,
    source,
    at,
    ...(reference === undefined ? {} : { reference }),
    ...(silent === undefined ? {} : { silent }),
    ...(purchaseAmount === undefined ? {} : { purchaseAmount }),
  };
}

function findHold(account: OpenedAccount, holdId: string): Hold | undefined {
  return account.holds.find((hold) => hold.holdId === holdId);
}

function asLot(part: LotPart) {
  return { ...part, remaining: part.points, held: 0 };
}

/** What remains of `parts` when `taken`, a part of them, is gone. */
function without(parts: readonly LotPart[], taken: readonly LotPart[]): readonly LotPart[] {
  return parts.flatMap((part) => {
    const gone = taken.find((candidate) => candidate.lotId === part.lotId)?.points ?? 0;
    return part.points > gone ? [{ ...part, points: part.points - gone }] : [];
  });
}

function debtorOf(hold: Hold): Omit<DebtPart, 'points'> {
  const first = hold.lots[0];
  return {
    wallet: first?.wallet ?? DEFAULT_WALLET,
    pointSource: first?.pointSource ?? DEFAULT_POINT_SOURCE,
  };
}

function holdNotActive(holdId: string): HoldNotActive {
  return {
    code: 'hold_not_active',
    detail: `hold ${holdId} is captured, released or lapsed`,
  };
}

function exceedsHold(points: number, held: number): CaptureExceedsHold {
  return { code: 'capture_exceeds_hold', detail: `${held} points are held, not ${points}` };
}
