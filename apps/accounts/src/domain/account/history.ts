import type { AccountFact, AwardReversed, DebtPart, LotPart, LotSpend } from './account.events';
import type { Hold } from './account.state';
import { originOf } from './lot-list';

/**
 * What decisions about the past need, and the state does not keep: it would grow for ever. Folded
 * from the stream when it is needed; `version` counts the events, so that a decision takes a
 * history only with the state of the same moment.
 */
interface History {
  readonly version: number;
}

export interface HoldHistory extends History {
  /** As it was held; absent: there never was such a hold. */
  readonly hold?: Hold;
  readonly ended?: 'captured' | 'released' | 'lapsed';
  readonly captured: boolean;
}

export interface LotHistory extends History {
  /** Points of these lots that expired into nothing, less those forgiven by reversals already. */
  readonly expired: number;
  /** What was spent or is held of these lots and did not come back, oldest first. */
  readonly spends: readonly LotSpend[];
}

export interface SpendHistory extends History {
  readonly found: boolean;
  /** The lots that paid, in the order taken, less what came back. Debt has no lot id. */
  readonly left: readonly LotPart[];
}

/** An event with its place in the account's stream and the operation that recorded it. */
export interface PastEvent {
  readonly event: AccountFact;
  readonly entryId: string;
  readonly operationId: string;
}

export const NO_HOLD: HoldHistory = { version: 0, captured: false };

export function foldHold(holdId: string, history: HoldHistory, past: PastEvent): HoldHistory {
  const next = { ...history, version: history.version + 1 };
  const { event } = past;
  if (!('holdId' in event.data) || event.data.holdId !== holdId) return next;
  switch (event.type) {
    case 'PointsHeld': {
      const { at: _, ...hold } = event.data;
      return { ...next, hold };
    }
    case 'HoldCaptured':
    case 'CaptureForced':
      return { ...next, ended: 'captured', captured: true };
    case 'HoldReleased':
      return { ...next, ended: 'released' };
    case 'HoldLapsed':
      return { ...next, ended: 'lapsed' };
    default:
      return next;
  }
}

export const NO_SPEND: SpendHistory = { version: 0, found: false, left: [] };

export function foldSpend(
  operationId: string,
  history: SpendHistory,
  past: PastEvent,
): SpendHistory {
  const next = { ...history, version: history.version + 1 };
  const { event } = past;
  if (event.type === 'PointsRestored' || event.type === 'RestoreDeclined') {
    if (event.data.spendOperationId !== operationId) return next;
    const points = event.type === 'RestoreDeclined' ? event.data.points : pointsIn(event.data.lots);
    return { ...next, left: withoutLast(next.left, points) };
  }
  if (past.operationId !== operationId) return next;
  const spent = spentBy(event);
  return spent.length === 0 ? next : { ...next, found: true, left: [...next.left, ...spent] };
}

function spentBy(event: AccountFact): readonly LotPart[] {
  switch (event.type) {
    case 'PointsDebited':
    case 'HoldCaptured':
      return event.data.lots;
    case 'CaptureForced':
      return [...event.data.lots, ...event.data.debt.map((debt) => debtAsPart(debt, event.data))];
    default:
      return [];
  }
}

function debtAsPart(
  debt: DebtPart,
  data: { readonly at: string; readonly source: LotPart['source'] },
): LotPart {
  const { at, source } = data;
  return { ...debt, lotId: '', granted: debt.points, grantedAt: at, availableAt: at, source };
}

/** Restoring takes from the end, see `restorePoints`. */
function withoutLast(parts: readonly LotPart[], points: number): readonly LotPart[] {
  const left = [...parts];
  let gone = points;
  for (let last = left.pop(); last !== undefined; last = left.pop()) {
    if (last.points > gone) return [...left, { ...last, points: last.points - gone }];
    gone -= last.points;
  }
  return left;
}

export interface LotHistoryFold extends History {
  readonly expired: number;
  readonly spends: readonly TrackedSpend[];
}

interface TrackedSpend extends LotSpend {
  readonly operationId: string;
  readonly holdId?: string;
}

export const NO_LOTS: LotHistoryFold = { version: 0, expired: 0, spends: [] };

export function foldLots(
  lotIds: readonly string[],
  history: LotHistoryFold,
  past: PastEvent,
): LotHistoryFold {
  const next = { ...history, version: history.version + 1 };
  const { event } = past;
  const own = (parts: readonly LotPart[]): number =>
    pointsIn(parts.filter((part) => lotIds.includes(originOf(part.lotId))));
  switch (event.type) {
    case 'LotsExpired':
      return { ...next, expired: next.expired + own(event.data.lots) };
    case 'AwardReversed':
      return { ...next, expired: next.expired - forgivenOf(event.data, lotIds) };
    case 'PointsDebited':
    case 'PointsHeld':
    case 'CaptureForced':
      return { ...next, spends: withSpend(next.spends, past, own(event.data.lots)) };
    case 'HoldCaptured':
    case 'HoldReleased':
    case 'HoldLapsed':
      return { ...next, spends: afterHold(next.spends, past, own(event.data.lots)) };
    case 'PointsRestored':
      return {
        ...next,
        spends: lessSpent(next.spends, event.data.spendOperationId, own(event.data.lots)),
      };
    default:
      return next;
  }
}

function forgivenOf(data: AwardReversed['data'], lotIds: readonly string[]): number {
  return data.ownLotIds.some((lotId) => lotIds.includes(lotId)) ? data.forgivenExpired : 0;
}

export function lotHistoryOf(fold: LotHistoryFold): LotHistory {
  const spends = fold.spends.map(({ entryId, points, source }) => ({ entryId, points, source }));
  return { version: fold.version, expired: fold.expired, spends };
}

function withSpend(
  spends: readonly TrackedSpend[],
  past: PastEvent,
  points: number,
): readonly TrackedSpend[] {
  const { event, entryId, operationId } = past;
  if (points === 0 || !('source' in event.data)) return spends;
  const hold = event.type === 'PointsHeld' ? { holdId: event.data.holdId } : {};
  return [...spends, { entryId, points, source: event.data.source, operationId, ...hold }];
}

/** The hold is over: a capture takes its place, a release leaves none. */
function afterHold(
  spends: readonly TrackedSpend[],
  past: PastEvent,
  points: number,
): readonly TrackedSpend[] {
  const { event } = past;
  const holdId = 'holdId' in event.data ? event.data.holdId : '';
  const others = spends.filter((spend) => spend.holdId !== holdId);
  return event.type === 'HoldCaptured' ? withSpend(others, past, points) : others;
}

function lessSpent(
  spends: readonly TrackedSpend[],
  operationId: string,
  points: number,
): readonly TrackedSpend[] {
  return spends.flatMap((spend) => {
    if (spend.operationId !== operationId) return [spend];
    return spend.points > points ? [{ ...spend, points: spend.points - points }] : [];
  });
}

function pointsIn(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}
