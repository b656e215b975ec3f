import type { Posting } from './postings';

export interface TrialBalanceRow {
  readonly ledgerAccount: string;
  readonly unit: string;
  readonly debit: bigint;
  readonly credit: bigint;
  /** Debit less credit. */
  readonly balance: bigint;
}

export interface TrialBalance {
  readonly rows: readonly TrialBalanceRow[];
  readonly balanced: boolean;
}

/** Sums postings by ledger account and unit, ordered by unit and account. */
export function trialBalanceOf(postings: Iterable<Posting>): TrialBalance {
  const sums = new Map<string, { debit: bigint; credit: bigint } & AccountOfUnit>();
  for (const { ledgerAccount, unit, side, amount } of postings) {
    const key = `${unit} ${ledgerAccount}`;
    const sum = sums.get(key) ?? { ledgerAccount, unit, debit: 0n, credit: 0n };
    sum[side] += amount;
    sums.set(key, sum);
  }
  const rows = [...sums.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, sum]) => ({ ...sum, balance: sum.debit - sum.credit }));
  return { rows, balanced: [...unitSums(rows).values()].every((sum) => sum === 0n) };
}

/** What is left of each unit; all zero in a sound journal. */
export function unitSums(rows: readonly TrialBalanceRow[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { unit, balance } of rows) sums.set(unit, (sums.get(unit) ?? 0n) + balance);
  return sums;
}

interface AccountOfUnit {
  readonly ledgerAccount: string;
  readonly unit: string;
}
