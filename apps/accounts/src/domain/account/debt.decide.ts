import type { Instant } from '@fidelis/kernel';
import type { DebtSettled, LotPart } from './account.events';
import type { OpenedAccount } from './account.state';
import { findLotById, type Lot } from './lot-list';
import { step, type Progress } from './progress';
import { spendableLots, takeFrom } from './take';

/**
 * Pays what the account owes, oldest debt first, from points that are free to be spent, and from
 * `credited` lots that the same decision granted, whether active yet or not.
 */
export function settleDebt(
  progress: Progress,
  at: Instant,
  credited: readonly string[] = [],
): Progress {
  let settled = progress;
  for (;;) {
    const payments = paymentsOf(settled.account, credited);
    if (payments.length === 0) return settled;
    settled = step(settled, { type: 'DebtSettled', data: { payments, at } });
  }
}

type Payment = DebtSettled['data']['payments'][number];

function paymentsOf(account: OpenedAccount, credited: readonly string[]): readonly Payment[] {
  const debt = account.debts[0];
  if (debt === undefined) return [];
  const { parts } = takeFrom(payers(account, credited), debt.points);
  return parts.map((lot: LotPart) => ({ lot, debt: { ...debt, points: lot.points } }));
}

function* payers(account: OpenedAccount, credited: readonly string[]): Generator<Lot> {
  for (const lotId of credited) {
    const lot = findLotById(account.pending, lotId) ?? findLotById(account.active, lotId);
    if (lot !== undefined) yield lot;
  }
  for (const lot of spendableLots(account)) if (!credited.includes(lot.lotId)) yield lot;
}
