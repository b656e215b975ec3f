import { sql, type Kysely } from 'kysely';
import type { Instant } from '@fidelis/kernel';
import { exactSum, toExact } from './exact-sum';
import { readFinanceTerms, upTo } from './journal.query';
import type { JournalTables } from './journal.table';

export interface LiabilityRow {
  readonly programId: string;
  readonly currency: string;
  readonly points: bigint;
  /** Minor units: what the points cost, by account rounded toward zero. */
  readonly amount: bigint;
  /** By the newest terms. */
  readonly costPerPoint: { readonly amount: number; readonly points: number } | null;
}

/** What the outstanding points of each programme cost: the balance of `liability:points`. */
export async function liabilityAsOf(
  db: Kysely<JournalTables>,
  asOf?: Instant,
): Promise<readonly LiabilityRow[]> {
  const { rows } = await sql<{
    program_id: string;
    currency: string;
    points: string;
    amount: string;
  }>`
    select program_id, currency,
      ${exactSum('points')} as points, ${exactSum('amount')} as amount
    from journal
    where ${upTo(asOf)} and kind not in ('settlement', 'settlement-reversal', 'forgive')
    group by program_id, currency
    order by program_id, currency`.execute(db);
  const terms = await readFinanceTerms(db);
  return rows.map((row) => {
    const newest = terms.findLast((version) => version.program_id === row.program_id);
    return {
      programId: row.program_id,
      currency: row.currency,
      points: toExact(row.points),
      amount: toExact(row.amount),
      costPerPoint: newest === undefined ? null : { amount: newest.amount, points: newest.points },
    };
  });
}
