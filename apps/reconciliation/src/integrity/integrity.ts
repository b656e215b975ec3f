import { sql, type Kysely } from 'kysely';
import { POS_TRANSACTIONS, TakeAccountCensus } from '@fidelis/contracts';
import type { Position } from '@fidelis/event-store';
import { addMs, OperationalError, type Instant } from '@fidelis/kernel';
import type { Platform } from '@fidelis/service';
import { postingsOf, trialBalanceOf } from '../domain/journal';
import { readCostAccounts, sumLines, sumPointsByPart } from '../projections/journal/journal.query';
import { withNumbers } from '../projections/journal/journal-rows';
import type { JournalTables } from '../projections/journal/journal.table';
import type { ReconciliationDatabase } from '../reconciliation-database';
import type { ReconciliationTables } from '../reconciliation.tables';
import { ChainAudit } from './chain-audit';
import { checksOf, type Check, type Findings } from './findings';
import { remainingMs, settle } from './settle';
import { TicketAudit } from './ticket-audit';

export interface IntegrityReport {
  readonly ok: boolean;
  readonly asOf: Instant;
  readonly checks: readonly Check[];
}

/** Everything has taken in the store up to `head`. */
interface Moment {
  readonly head: Position;
  readonly asOf: Instant;
  readonly deadline: number;
}

const INTEGRITY_MS_MAX = 30_000;
/** The scheduler may be a moment late. */
const HOLD_GRACE_MS = 30_000;
const LISTED_MAX = 100;

/** Compares what the services say independently of each other, once all of it is at one head. */
export class Integrity {
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly views: ReconciliationDatabase,
  ) {}

  /** One at a time. Throws `OperationalError` when the system does not settle within 30 s. */
  async check(): Promise<IntegrityReport> {
    const report = this.running.then(() => this.checkAlone());
    this.running = report.catch(() => undefined);
    return report;
  }

  /**
   * While others write, two sources are read at two moments and may differ for that alone: then it
   * looks again. A difference at rest is real.
   */
  private async checkAlone(): Promise<IntegrityReport> {
    const deadline = performance.now() + INTEGRITY_MS_MAX;
    for (;;) {
      const head = await settle(this.platform, deadline);
      const asOf = this.platform.clock.now();
      const checks = checksOf(await this.gather({ head, asOf, deadline }));
      const ok = checks.every((check) => check.ok);
      if (ok || (await this.platform.eventStore.headOf()) === head) return { ok, asOf, checks };
      if (performance.now() > deadline) {
        throw new OperationalError('writes went on all the time: nothing could be compared');
      }
    }
  }

  private async gather({ head, asOf, deadline }: Moment): Promise<Findings> {
    const { calls, eventStore, bus } = this.platform;
    const db = await this.views.db();
    const journal = await this.views.journal();
    const census = await calls.call(
      TakeAccountCensus,
      { dueBefore: addMs(asOf, -HOLD_GRACE_MS) },
      { deadlineMs: remainingMs(deadline) },
    );
    const audits = await this.views.audits();
    const tickets = new TicketAudit(eventStore, audits);
    const all = await bus.deadLetters.count();
    const fromOutside = await bus.deadLetters.count({ topic: POS_TRANSACTIONS });
    return {
      census,
      chains: await new ChainAudit(eventStore, audits).run(deadline),
      parts: await sumPointsByPart(journal),
      trialBalance: await trialBalance(journal),
      journal: await journalFindings(db),
      tickets: await tickets.run(head, { deadline, listedMax: LISTED_MAX }),
      awards: await awardFindings(db),
      deadLetters: all - fromOutside,
    };
  }
}

async function trialBalance(journal: Kysely<JournalTables>): Promise<Findings['trialBalance']> {
  const costOf = await readCostAccounts(journal);
  const sums = await sumLines(journal);
  return trialBalanceOf(
    sums.flatMap((sum) => postingsOf(sum, costOf(sum.programId, sum.termsVersion))),
  );
}

async function journalFindings(db: Kysely<ReconciliationTables>): Promise<Findings['journal']> {
  const faults = await db.selectFrom('journal_faults').selectAll().limit(LISTED_MAX).execute();
  const exceptions = await db.selectFrom('exceptions').selectAll().limit(LISTED_MAX).execute();
  const unequal = await sql<{ account_id: string }>`
    select a.account_id from journal_accounts a
    left join (select account_id, sum(points) as points from journal group by account_id) j
      on j.account_id = a.account_id
    where coalesce(j.points, 0) <> a.total
    order by a.account_id limit ${LISTED_MAX}`.execute(db);
  const applied = await db
    .selectFrom('journal_accounts')
    .select(sql<number | string | null>`sum(revision + 1)`.as('events'))
    .executeTakeFirst();
  return {
    accounts: await count(db, 'journal_accounts'),
    events: Number(applied?.events ?? 0),
    lines: await count(db, 'journal'),
    faults: faults.map(withNumbers),
    exceptions: exceptions.map(withNumbers),
    unequal: unequal.rows.map((row) => row.account_id),
  };
}

async function awardFindings(db: Kysely<ReconciliationTables>): Promise<Findings['awards']> {
  const unanswered = await sql<{ account_id: string }>`
    select d.account_id from declared_awards d
    left join journal_accounts a on a.account_id = d.account_id
    where coalesce(a.answered, 0) < d.sequence
    order by d.account_id limit ${LISTED_MAX}`.execute(db);
  return {
    memberships: await count(db, 'declared_awards'),
    unanswered: unanswered.rows.map((row) => row.account_id),
  };
}

async function count(
  db: Kysely<ReconciliationTables>,
  table: 'journal' | 'journal_accounts' | 'declared_awards',
): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number | string>().as('rows'))
    .executeTakeFirst();
  return Number(row?.rows ?? 0);
}
