import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Instant } from '@fidelis/kernel';
import type { CostAccount, LineKind, Channel, Movement } from '../../domain/journal';
import { exactSum, toExact } from './exact-sum';
import { withNumbers } from './journal-rows';
import type { FinanceTermsRow, JournalRow, JournalTables } from './journal.table';

/** The place of a line in the journal's order. */
export type JournalKey = readonly [
  occurredAt: Instant,
  stream: string,
  revision: number,
  line: number,
];

export interface JournalFilter {
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
  readonly accountId?: string;
  readonly programId?: string;
  /** Exclusive: the last line of the page before. */
  readonly after?: JournalKey;
  readonly limit: number;
}

/** Lines with postings, by business time, aggregate and revision. */
export async function listLines(
  db: Kysely<JournalTables>,
  filter: JournalFilter,
): Promise<readonly JournalRow[]> {
  let query = db
    .selectFrom('journal')
    .selectAll()
    .where('kind', '<>', 'forgive')
    .orderBy('occurred_at')
    .orderBy('stream')
    .orderBy('revision')
    .orderBy('line')
    .limit(filter.limit);
  if (filter.from !== undefined) query = query.where('occurred_at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('occurred_at', '<', filter.to);
  if (filter.accountId !== undefined) query = query.where('account_id', '=', filter.accountId);
  if (filter.programId !== undefined) query = query.where('program_id', '=', filter.programId);
  if (filter.after !== undefined) {
    const key = sql.join(filter.after);
    query = query.where('occurred_at', '>=', filter.after[0]);
    query = query.where(sql<boolean>`(occurred_at, stream, revision, line) > (${key})`);
  }
  return (await query.execute()).map(withNumbers);
}

/** Lines of one kind, sign and booking together: they post like one line. */
export interface LineSum extends Movement {
  readonly programId: string;
  readonly termsVersion: number;
}

/** Sums of everything that occurred up to `asOf`, inclusive, or ever; exact beyond 2^53. */
export async function sumLines(
  db: Kysely<JournalTables>,
  asOf?: Instant,
): Promise<readonly LineSum[]> {
  const { rows } = await sql<SummedRow>`
    select program_id, terms_version, kind, wallet, channel, vendor_id, currency,
      ${exactSum('points')} as points,
      ${exactSum('amount')} as amount,
      ${exactSum('commission')} as commission
    from journal
    where ${upTo(asOf)} and kind <> 'forgive'
    group by program_id, terms_version, kind, wallet, channel, vendor_id, currency,
      case when points < 0 or amount < 0 then 0 else 1 end
    order by program_id, terms_version, kind, wallet, channel, vendor_id nulls first, currency`.execute(
    db,
  );
  return rows.map((row) => ({
    programId: row.program_id,
    termsVersion: Number(row.terms_version),
    kind: row.kind,
    wallet: row.wallet,
    channel: row.channel,
    vendorId: row.vendor_id,
    currency: row.currency,
    points: toExact(row.points),
    amount: toExact(row.amount),
    commission: toExact(row.commission),
  }));
}

/** Everything that occurred at `asOf` or before; everything without it, also what is to come. */
export function upTo(asOf: Instant | undefined): RawBuilder<unknown> {
  return asOf === undefined ? sql`1 = 1` : sql`occurred_at <= ${asOf}`;
}

interface SummedRow {
  readonly program_id: string;
  readonly terms_version: number | string;
  readonly kind: LineKind;
  readonly wallet: string;
  readonly channel: Channel;
  readonly vendor_id: string | null;
  readonly currency: string;
  readonly points: string;
  readonly amount: string;
  readonly commission: string;
}

export type CostAccounts = (programId: string, termsVersion: number) => CostAccount;

/** Where each programme's terms book its cost: few rows, one per version. */
export async function readCostAccounts(db: Kysely<JournalTables>): Promise<CostAccounts> {
  const rows = await readFinanceTerms(db);
  const accounts = new Map(rows.map((row) => [`${row.program_id} ${row.version}`, costOf(row)]));
  return (programId, termsVersion) => accounts.get(`${programId} ${termsVersion}`) ?? {};
}

export async function readFinanceTerms(
  db: Kysely<JournalTables>,
): Promise<readonly FinanceTermsRow[]> {
  const rows = await db
    .selectFrom('finance_terms')
    .selectAll()
    .orderBy('program_id')
    .orderBy('version')
    .execute();
  return rows.map(withNumbers);
}

function costOf(row: FinanceTermsRow): CostAccount {
  return {
    ...(row.expense_account !== null && { expenseAccount: row.expense_account }),
    ...(row.cost_centre !== null && { costCentre: row.cost_centre }),
  };
}

export interface PointsFilter {
  readonly programId?: string;
  readonly wallet?: string;
  readonly pointSource?: string;
}

export interface PointsSum {
  readonly kind: string;
  readonly before: bigint;
  readonly within: bigint;
  readonly later: bigint;
  readonly forgiven: bigint;
}

/** Points by kind: before the period, within it, and after it. */
export async function sumPoints(
  db: Kysely<JournalTables>,
  filter: PointsFilter,
  period: { readonly from: Instant | undefined; readonly to: Instant | undefined },
): Promise<readonly PointsSum[]> {
  const isBefore = period.from === undefined ? sql`1 = 0` : sql`occurred_at < ${period.from}`;
  const isLater = period.to === undefined ? sql`1 = 0` : sql`occurred_at >= ${period.to}`;
  const { rows } = await sql<{ kind: string; period: string; points: string; forgiven: string }>`
    select kind,
      case when ${isBefore} then 'before' when ${isLater} then 'later' else 'within' end as period,
      ${exactSum('points')} as points,
      ${exactSum('forgiven')} as forgiven
    from journal
    where ${wherePoints(filter)}
    group by kind, period`.execute(db);
  const kinds = [...new Set(rows.map((row) => row.kind))].sort();
  return kinds.map((kind) => {
    const of = (name: string): { points: bigint; forgiven: bigint } => {
      const row = rows.find((candidate) => candidate.kind === kind && candidate.period === name);
      return { points: toExact(row?.points ?? ''), forgiven: toExact(row?.forgiven ?? '') };
    };
    const { points: within, forgiven } = of('within');
    return { kind, before: of('before').points, within, later: of('later').points, forgiven };
  });
}

/** Settlements carry no points, so they are in no wallet and in no sum of points. */
function wherePoints({ programId, wallet, pointSource }: PointsFilter): RawBuilder<unknown> {
  const conditions = [sql`wallet <> ''`];
  if (programId !== undefined) conditions.push(sql`program_id = ${programId}`);
  if (wallet !== undefined) conditions.push(sql`wallet = ${wallet}`);
  if (pointSource !== undefined) conditions.push(sql`point_source = ${pointSource}`);
  return sql.join(conditions, sql` and `);
}

export interface PointsByPart {
  readonly programId: string;
  readonly wallet: string;
  readonly pointSource: string;
  readonly total: bigint;
}

/** What the journal says that all accounts hold together, debt inside. */
export async function sumPointsByPart(db: Kysely<JournalTables>): Promise<readonly PointsByPart[]> {
  const { rows } = await sql<{
    program_id: string;
    wallet: string;
    point_source: string;
    total: string;
  }>`
    select program_id, wallet, point_source, ${exactSum('points')} as total
    from journal where wallet <> ''
    group by program_id, wallet, point_source
    order by program_id, wallet, point_source`.execute(db);
  return rows.map((row) => ({
    programId: row.program_id,
    wallet: row.wallet,
    pointSource: row.point_source,
    total: toExact(row.total),
  }));
}
