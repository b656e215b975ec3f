import { rejected, type Decision, type Instant } from '@fidelis/kernel';
import type { Clawback, Source } from '@fidelis/ledger';
import type { AccountEvent, DebtPart, LotPart } from './account.events';
import { historyNeeded, type HistoryNeeded, type NotYet } from './account.rejections';
import type { Account, OpenedAccount } from './account.state';
import { beginSettled } from './due.decide';
import type { LotHistory } from './history';
import { lotsOf, originOf, type Lot } from './lot-list';
import { decided, step, type Progress } from './progress';
import { pointsOf, spendableLots, takeFrom } from './take';

export interface ReverseAward {
  readonly sequence: number;
  /** The lots that the award granted. */
  readonly lotIds: readonly string[];
  readonly points: number;
  readonly clawback: Clawback;
  /** Whose debt it is when points are missing. */
  readonly wallet: string;
  readonly pointSource: string;
  readonly source: Source;
  readonly at: Instant;
  readonly now: Instant;
}

/**
 * Takes earned points back: first from the award's own lots, then from others, and by policy from
 * nowhere. What of its own lots had expired is gone already and is forgiven, not taken twice.
 * A refusal is an event: it answers a numbered command of the membership.
 */
export function reverseAward(
  asked: ReverseAward,
  account: Account,
  history?: LotHistory,
): Decision<AccountEvent, NotYet | HistoryNeeded> {
  if (account.status === 'none' || asked.sequence > account.membershipMark + 1) {
    return rejected({
      code: 'not_yet',
      detail: 'an earlier command of the membership comes first',
    });
  }
  if (asked.sequence <= account.membershipMark) return { outcome: 'accepted', events: [] };
  const before = beginSettled(account, asked.now);
  const command = { ...asked, points: Math.min(asked.points, reversible(before.account)) };
  if (account.status === 'closed') return reverse(command, before, nothingBut(command.points));
  const own = takeFrom(ownLots(before.account, command.lotIds), command.points);
  if (own.missing === 0) return reverse(command, before, { ...nothingBut(0), lots: own.parts });
  if (history?.version !== account.version) return rejected(historyNeeded(account.version));
  return reverseMissing(command, before, { own: own.parts, missing: own.missing, history });
}

/** Whatever is asked, no more is taken back than was ever earned. */
function reversible({ lifetime }: OpenedAccount): number {
  return lifetime.earned - lifetime.reversed - lifetime.forgiven;
}

interface Missing {
  readonly own: readonly LotPart[];
  readonly missing: number;
  readonly history: LotHistory;
}

function reverseMissing(
  command: ReverseAward,
  before: Progress,
  { own, missing, history }: Missing,
): Decision<AccountEvent> {
  const forgivenExpired = Math.min(missing, history.expired + expiredJustNow(command, before));
  const wanted = missing - forgivenExpired;
  if (wanted > 0 && command.clawback === 'refuse') return refuse(command, before, history);
  const others = takeFrom(otherLots(before.account, command.lotIds), wanted);
  const owed = command.clawback === 'allow-negative' ? others.missing : 0;
  const { wallet, pointSource } = command;
  return reverse(command, before, {
    lots: [...own, ...others.parts],
    debt: owed === 0 ? [] : [{ wallet, pointSource, points: owed }],
    forgiven: forgivenExpired + others.missing - owed,
    forgivenExpired,
  });
}

/** Lots of the award that this very decision found due: the history does not know them yet. */
function expiredJustNow(command: ReverseAward, before: Progress): number {
  return before.events.reduce(
    (sum, event) =>
      event.type === 'LotsExpired'
        ? sum + pointsOf(event.data.lots.filter((lot) => isOwn(lot.lotId, command.lotIds)))
        : sum,
    0,
  );
}

function refuse(
  command: ReverseAward,
  before: Progress,
  history: LotHistory,
): Decision<AccountEvent> {
  const { sequence, points, source, at } = command;
  return decided(
    step(before, {
      type: 'ReversalRefused',
      data: { sequence, points, spends: history.spends, source, at },
    }),
  );
}

interface Outcome {
  readonly lots: readonly LotPart[];
  readonly debt: readonly DebtPart[];
  readonly forgiven: number;
  readonly forgivenExpired: number;
}

function nothingBut(forgiven: number): Outcome {
  return { lots: [], debt: [], forgiven, forgivenExpired: 0 };
}

function reverse(
  command: ReverseAward,
  before: Progress,
  outcome: Outcome,
): Decision<AccountEvent> {
  const { sequence, wallet, source, at, lotIds: ownLotIds } = command;
  return decided(
    step(before, {
      type: 'AwardReversed',
      data: { sequence, wallet, ownLotIds, source, at, ...outcome },
    }),
  );
}

function* ownLots(account: OpenedAccount, lotIds: readonly string[]): Generator<Lot> {
  for (const lot of lotsOf(account.active)) if (isOwn(lot.lotId, lotIds)) yield lot;
  for (const lot of lotsOf(account.pending)) if (isOwn(lot.lotId, lotIds)) yield lot;
}

function* otherLots(account: OpenedAccount, lotIds: readonly string[]): Generator<Lot> {
  for (const lot of spendableLots(account)) if (!isOwn(lot.lotId, lotIds)) yield lot;
}

function isOwn(lotId: string, lotIds: readonly string[]): boolean {
  return lotIds.includes(originOf(lotId));
}
