import type { Kysely } from 'kysely';
import { TakeAccountCensus, type AccountTotal } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { Platform } from '@fidelis/service';
import {
  postingsOf,
  rollForwardOf,
  trialBalanceOf,
  type CostAccount,
  type LineKind,
} from '../domain/journal';
import {
  readCostAccounts,
  sumLines,
  sumPoints,
  type CostAccounts,
  type PointsFilter,
} from '../projections/journal/journal.query';
import type { JournalRow, JournalTables } from '../projections/journal/journal.table';
import { exactNumber } from './exact-number';
import type {
  JournalEntryAnswer,
  RollForwardAnswer,
  TrialBalanceAnswer,
} from './reconciliation.requests';

export async function trialBalanceReport(
  db: Kysely<JournalTables>,
  asOf: Instant | undefined,
): Promise<Omit<TrialBalanceAnswer, 'asOf'>> {
  const costOf = await readCostAccounts(db);
  const sums = await sumLines(db, asOf);
  const { rows, balanced } = trialBalanceOf(
    sums.flatMap((sum) => postingsOf(sum, costOf(sum.programId, sum.termsVersion))),
  );
  return {
    rows: rows.map(({ debit, credit, balance, ...row }) => ({
      ...row,
      debit: exactNumber(debit),
      credit: exactNumber(credit),
      balance: exactNumber(balance),
    })),
    balanced,
  };
}

export interface RollForwardRequest extends PointsFilter {
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

/**
 * `accountsTotal` comes from the accounts service, which counts it from the accounts' streams; for a
 * period that ended, less what the journal has of later times.
 */
export async function rollForwardReport(
  db: Kysely<JournalTables>,
  platform: Platform,
  { from, to, ...filter }: RollForwardRequest,
): Promise<RollForwardAnswer> {
  const now = platform.clock.now();
  const census = await platform.calls.call(
    TakeAccountCensus,
    { dueBefore: now },
    { deadlineMs: CENSUS_MS_MAX },
  );
  const sums = await sumPoints(db, filter, { from, to });
  const later = sums.reduce((sum, row) => sum + row.later, 0n);
  const parts = census.totals.filter((part) => isIn(part, filter));
  const sumOf = (field: 'total' | 'debt'): bigint =>
    parts.reduce((sum, part) => sum + BigInt(part[field]), 0n);
  return {
    ...exactNumbers(rollForwardOf(sums)),
    accountsTotal: exactNumber(sumOf('total') - later),
    debt: exactNumber(sumOf('debt')),
  };
}

/** The first count of millions of accounts takes a while. */
const CENSUS_MS_MAX = 25_000;

export function toJournalEntry(row: JournalRow, costOf: CostAccounts): JournalEntryAnswer {
  const { stream, revision, event_id: id } = row;
  return {
    entryId: row.entry_id,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    programId: row.program_id,
    accountId: row.account_id,
    kind: row.kind,
    postings: postingsOfRow(row, costOf(row.program_id, row.terms_version)).map((posting) => ({
      ...posting,
      amount: Number(posting.amount),
    })),
    event: { stream, revision, id },
  };
}

function postingsOfRow(row: JournalRow, cost: CostAccount): ReturnType<typeof postingsOf> {
  const { wallet, currency, channel, vendor_id: vendorId } = row;
  return postingsOf(
    {
      kind: row.kind as LineKind,
      ...{ wallet, currency, vendorId },
      channel: channel as Parameters<typeof postingsOf>[0]['channel'],
      points: BigInt(row.points),
      amount: BigInt(row.amount),
      commission: BigInt(row.commission),
    },
    cost,
  );
}

function isIn(part: AccountTotal, filter: PointsFilter): boolean {
  return (
    part.programId === (filter.programId ?? part.programId) &&
    part.wallet === (filter.wallet ?? part.wallet) &&
    part.pointSource === (filter.pointSource ?? part.pointSource)
  );
}

function exactNumbers<Name extends string>(
  values: Readonly<Record<Name, bigint>>,
): Record<Name, number | string> {
  const entries = Object.entries<bigint>(values).map(([name, value]) => [name, exactNumber(value)]);
  return Object.fromEntries(entries) as Record<Name, number | string>;
}
