import { ownEntry, type Mutable } from '@fidelis/kernel';
import type { Source } from '@fidelis/ledger';
import type { DebtPart, GrantedLot, LotPart, WalletAfter, WalletBalance } from './account.events';
import { walletOf, type OpenedAccount } from './account.state';
import {
  activationOrder,
  findLot,
  insertLot,
  replaceLot,
  spendingOrder,
  type Lot,
} from './lot-list';

/**
 * The next state while one event is applied: a copy that nobody else has seen yet, so these
 * functions may change it. What it shares with the former state is never changed in place.
 */
export interface Draft extends Mutable<Omit<OpenedAccount, 'wallets' | 'lifetime'>> {
  readonly wallets: Record<string, WalletAfter>;
  readonly lifetime: Mutable<OpenedAccount['lifetime']>;
}

/** A copy, then changed: fields that a literal writes over a copy cost several times as much. */
export function draftOf(account: OpenedAccount): Draft {
  const draft: Mutable<OpenedAccount> = { ...account };
  draft.version += 1;
  draft.wallets = { ...account.wallets };
  draft.lifetime = { ...account.lifetime };
  return draft;
}

/** Adds a lot that the account never had, or has no more. */
export function addLot(draft: Draft, part: LotPart, pending: boolean): void {
  add(draft, toLot(part, part), pending);
}

export function grantLot(draft: Draft, granted: GrantedLot, source: Source): void {
  const lot = toLot(granted, { granted: granted.points, source });
  add(draft, lot, granted.pending === true);
  draft.lifetime.earned += granted.points;
}

function add(draft: Draft, lot: Lot, pending: boolean): void {
  if (pending) draft.pending = insertLot(draft.pending, lot, activationOrder);
  else draft.active = insertLot(draft.active, lot, spendingOrder);
  const points = lot.remaining;
  change(draft, lot, pending ? { pending: points } : { available: points });
}

/** Built field by field: every award comes by here, and spreading costs more than all the rest. */
function toLot(part: GrantedLot, rest: Pick<LotPart, 'granted' | 'source'>): Lot {
  const lot: Mutable<Lot> = {
    lotId: part.lotId,
    granted: rest.granted,
    remaining: part.points,
    held: 0,
    wallet: part.wallet,
    pointSource: part.pointSource,
    grantedAt: part.grantedAt,
    availableAt: part.availableAt,
    source: rest.source,
  };
  if (part.expiresOn !== undefined) lot.expiresOn = part.expiresOn;
  if (part.expiresAt !== undefined) lot.expiresAt = part.expiresAt;
  if (part.toWallet !== undefined) lot.toWallet = part.toWallet;
  return lot;
}

/** Gives points back to a lot, which may be gone from the account. */
export function returnPoints(draft: Draft, part: LotPart): void {
  const lot = findLot(draft.active, part, spendingOrder);
  if (lot === undefined) {
    addLot(draft, part, false);
    return;
  }
  setLot(draft, { ...lot, remaining: lot.remaining + part.points }, false);
  change(draft, part, { available: part.points });
}

/** Takes points that nothing holds. Where the lot is unknown (a partial history) they are owed. */
export function takePoints(draft: Draft, part: LotPart): void {
  const found = findAnywhere(draft, part);
  if (found === undefined) {
    change(draft, part, { debt: part.points });
    return;
  }
  setLot(draft, { ...found.lot, remaining: found.lot.remaining - part.points }, found.pending);
  change(draft, part, { [found.pending ? 'pending' : 'available']: -part.points });
}

export function holdPoints(draft: Draft, part: LotPart): void {
  const found = findAnywhere(draft, part);
  if (found === undefined) {
    change(draft, part, { held: part.points, debt: part.points });
    return;
  }
  setLot(draft, { ...found.lot, held: found.lot.held + part.points }, found.pending);
  change(draft, part, {
    [found.pending ? 'pending' : 'available']: -part.points,
    held: part.points,
  });
}

export function freePoints(draft: Draft, part: LotPart): void {
  const found = findAnywhere(draft, part);
  if (found === undefined) {
    change(draft, part, { held: -part.points, debt: -part.points });
    return;
  }
  setLot(draft, { ...found.lot, held: found.lot.held - part.points }, found.pending);
  change(draft, part, {
    [found.pending ? 'pending' : 'available']: part.points,
    held: -part.points,
  });
}

export function takeHeldPoints(draft: Draft, part: LotPart): void {
  const found = findAnywhere(draft, part);
  change(draft, part, { held: -part.points });
  if (found === undefined) return;
  const { lot } = found;
  setLot(
    draft,
    { ...lot, remaining: lot.remaining - part.points, held: lot.held - part.points },
    found.pending,
  );
}

export function activate(draft: Draft, part: LotPart): void {
  const lot = findLot(draft.pending, part, activationOrder);
  if (lot === undefined) return;
  draft.pending = replaceLot(draft.pending, { ...lot, remaining: 0 }, activationOrder);
  draft.active = insertLot(draft.active, lot, spendingOrder);
  change(draft, part, { pending: -lot.remaining, available: lot.remaining });
}

export function owe(draft: Draft, debt: DebtPart): void {
  draft.debts = withDebt(draft.debts, debt);
  change(draft, debt, { debt: debt.points });
}

export function repay(draft: Draft, debt: DebtPart): void {
  draft.debts = withDebt(draft.debts, { ...debt, points: -debt.points });
  change(draft, debt, { debt: -debt.points });
}

export function endHold(draft: Draft, holdId: string): void {
  draft.holds = draft.holds.filter((hold) => hold.holdId !== holdId);
}

function withDebt(debts: readonly DebtPart[], change: DebtPart): readonly DebtPart[] {
  const index = debts.findIndex(
    (debt) => debt.wallet === change.wallet && debt.pointSource === change.pointSource,
  );
  const debt = debts[index];
  if (debt === undefined) return change.points > 0 ? [...debts, change] : debts;
  const points = debt.points + change.points;
  return points === 0 ? debts.toSpliced(index, 1) : debts.with(index, { ...debt, points });
}

function findAnywhere(
  draft: Draft,
  part: LotPart,
): { readonly lot: Lot; readonly pending: boolean } | undefined {
  const active = findLot(draft.active, part, spendingOrder);
  if (active !== undefined) return { lot: active, pending: false };
  const pending = findLot(draft.pending, part, activationOrder);
  return pending === undefined ? undefined : { lot: pending, pending: true };
}

function setLot(draft: Draft, lot: Lot, pending: boolean): void {
  const order = pending ? activationOrder : spendingOrder;
  setList(draft, replaceLot(pending ? draft.pending : draft.active, lot, order), pending);
}

function setList(draft: Draft, list: OpenedAccount['active'], pending: boolean): void {
  if (pending) draft.pending = list;
  else draft.active = list;
}

/** What a change of a wallet comes to; its total, and its point source's, follow from it. */
function change(
  draft: Draft,
  of: { readonly wallet: string; readonly pointSource: string },
  by: Partial<WalletBalance>,
): void {
  const { pending = 0, available = 0, held = 0, debt = 0 } = by;
  const before = walletOf(draft, of.wallet);
  const source = sourceOf(before, of.pointSource);
  const total = source.total + pending + available + held - debt;
  draft.wallets[of.wallet] = {
    pending: before.pending + pending,
    available: before.available + available,
    held: before.held + held,
    debt: before.debt + debt,
    sources: { ...before.sources, [of.pointSource]: { total, debt: source.debt + debt } },
  };
}

function sourceOf(wallet: WalletAfter, pointSource: string): { total: number; debt: number } {
  return ownEntry(wallet.sources, pointSource) ?? { total: 0, debt: 0 };
}
