import { Controller, Get, Query, Req } from '@nestjs/common';
import {
  cursorOf,
  Endpoint,
  limitOf,
  toPage,
  type Answered,
  type EdgeRequest,
} from '@fidelis/http';
import { toInstant, type Instant } from '@fidelis/kernel';
import { Platform } from '@fidelis/service';
import { Integrity } from '../integrity/integrity';
import { listLines, readCostAccounts, type JournalKey } from '../projections/journal/journal.query';
import { liabilityAsOf } from '../projections/journal/liability.query';
import { ReconciliationDatabase } from '../reconciliation-database';
import { exactNumber } from './exact-number';
import { reportProblems } from './reconciliation.problems';
import {
  AsOfQuery,
  IntegrityAnswer,
  JournalPageAnswer,
  JournalQuery,
  LiabilityAnswer,
  RollForwardAnswer,
  RollForwardQuery,
  TrialBalanceAnswer,
} from './reconciliation.requests';
import { REPORT_TYPES, reportAnswer } from './report';
import { rollForwardReport, toJournalEntry, trialBalanceReport } from './reports';

const REPORT = {
  roles: ['finance'],
  idempotency: 'none',
  answerTypes: REPORT_TYPES,
} as const;

const IN_FUTURE = { instant_in_future: reportProblems.statuses.instant_in_future };

@Controller('v1/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly platform: Platform,
    private readonly views: ReconciliationDatabase,
    private readonly integrityChecks: Integrity,
  ) {}

  @Get('journal')
  @Endpoint({
    ...REPORT,
    summary: 'List the journal',
    description: 'In pages, as JSON and as CSV: while there is more, `Link` names the next page.',
    query: JournalQuery,
    answer: JournalPageAnswer,
  })
  async journal(
    @Req() request: EdgeRequest,
    @Query() query: JournalQuery,
  ): Promise<Answered<object | string>> {
    if (query.fresh === true) await this.views.fresh();
    const db = await this.views.journal();
    const after = cursorOf(query, ['string', 'string', 'number', 'number']);
    const limit = limitOf(query);
    const rows = await listLines(db, {
      ...periodOf(query),
      ...(query.accountId !== undefined && { accountId: query.accountId }),
      ...(query.programId !== undefined && { programId: query.programId }),
      ...(after !== undefined && { after: after as unknown as JournalKey }),
      limit: limit + 1,
    });
    const costOf = await readCostAccounts(db);
    const page = toPage(rows, limit, (row) => [
      ...[row.occurred_at, row.stream, row.revision, row.line],
    ]);
    const body = { ...page, data: page.data.map((row) => toJournalEntry(row, costOf)) };
    const table = body.data.flatMap(({ postings, event, ...entry }) =>
      postings.map((posting) => ({
        ...entry,
        ledgerAccount: posting.ledgerAccount,
        side: posting.side,
        amount: posting.amount,
        unit: posting.unit,
        costCentre: posting.costCentre,
        stream: event.stream,
        revision: event.revision,
        eventId: event.id,
      })),
    );
    return reportAnswer(request, { body, table, nextCursor: page.nextCursor });
  }

  @Get('trial-balance')
  @Endpoint({
    ...REPORT,
    summary: 'Sum the journal by ledger account',
    query: AsOfQuery,
    answer: TrialBalanceAnswer,
    problems: IN_FUTURE,
  })
  async trialBalance(
    @Req() request: EdgeRequest,
    @Query() query: AsOfQuery,
  ): Promise<Answered<object | string>> {
    if (query.fresh === true) await this.views.fresh();
    const asOf = this.notInFuture(query.asOf);
    const report = await trialBalanceReport(await this.views.journal(), asOf);
    const body = { asOf: asOf ?? this.platform.clock.now(), ...report };
    return reportAnswer(request, { body, table: report.rows });
  }

  @Get('roll-forward')
  @Endpoint({
    ...REPORT,
    summary: 'Roll the points forward from the opening to the closing balance',
    query: RollForwardQuery,
    answer: RollForwardAnswer,
    problems: { invalid_period: reportProblems.statuses.invalid_period },
  })
  async rollForward(
    @Req() request: EdgeRequest,
    @Query() query: RollForwardQuery,
  ): Promise<Answered<object | string>> {
    const [from, to] = [instantOf(query.from), instantOf(query.to)];
    if (from !== undefined && to !== undefined && to < from) {
      throw reportProblems.problem('invalid_period', `the period ends at ${to}, before ${from}`);
    }
    // The accounts are always current, so the journal beside them had better be so too.
    if (query.fresh === true) await this.views.fresh();
    else await this.views.almostFresh();
    const { programId, wallet, pointSource } = query;
    const body = await rollForwardReport(await this.views.journal(), this.platform, {
      ...(programId !== undefined && { programId }),
      ...(wallet !== undefined && { wallet }),
      ...(pointSource !== undefined && { pointSource }),
      ...{ from, to },
    });
    return reportAnswer(request, { body, table: [body] });
  }

  @Get('liability')
  @Endpoint({
    ...REPORT,
    summary: 'Value the outstanding points',
    query: AsOfQuery,
    answer: LiabilityAnswer,
    problems: IN_FUTURE,
  })
  async liability(
    @Req() request: EdgeRequest,
    @Query() query: AsOfQuery,
  ): Promise<Answered<object | string>> {
    if (query.fresh === true) await this.views.fresh();
    const asOf = this.notInFuture(query.asOf);
    const found = await liabilityAsOf(await this.views.journal(), asOf);
    const rows = found.map(({ points, amount, ...row }) => ({
      ...row,
      points: exactNumber(points),
      amount: exactNumber(amount),
    }));
    const table = rows.map(({ costPerPoint, ...row }) => ({
      ...row,
      costAmount: costPerPoint?.amount,
      costPoints: costPerPoint?.points,
    }));
    return reportAnswer(request, {
      body: { asOf: asOf ?? this.platform.clock.now(), rows },
      table,
    });
  }

  @Get('integrity')
  @Endpoint({
    summary: 'Prove that every point is accounted for',
    description: 'Waits until everything has reached the head of the event store (30 s at most).',
    roles: ['finance'],
    idempotency: 'none',
    answer: IntegrityAnswer,
  })
  integrity(): Promise<IntegrityAnswer> {
    return this.integrityChecks.check();
  }

  /** Nobody knows what will have been recorded by then. */
  private notInFuture(text: string | undefined): Instant | undefined {
    const instant = instantOf(text);
    const now = this.platform.clock.now();
    if (instant === undefined || instant <= now) return instant;
    throw reportProblems.problem('instant_in_future', `${instant} is later than now, ${now}`);
  }
}

function periodOf(query: JournalQuery): { readonly from?: Instant; readonly to?: Instant } {
  return {
    ...(query.from !== undefined && { from: toInstant(query.from) }),
    ...(query.to !== undefined && { to: toInstant(query.to) }),
  };
}

function instantOf(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : toInstant(text);
}
