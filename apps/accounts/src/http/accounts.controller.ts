import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { GetMembership } from '@fidelis/contracts';
import {
  callerOf,
  cursorOf,
  Endpoint,
  limitOf,
  notFound,
  PageQuery,
  requireOwn,
  toPage,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { toInstant } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import { expirationsAt, lotsAt, type Expiration, type OpenedAccount } from '../domain/account';
import { readStatement } from '../queries/statement.query';
import { toAccountSummary, toEntryAnswer, toLotAnswer, type EntryShown } from './accounts.mapping';
import {
  AccountAnswer,
  EntryAnswer,
  ExpirationAnswer,
  ExpirationsQuery,
  LotAnswer,
  StatementQuery,
} from './accounts.requests';

const READERS = ['backoffice', 'pos', 'finance', 'participant'] as const;

/** One account as its stream says: every write that was answered shows. */
@Controller('v1/accounts/:id')
export class AccountsController {
  constructor(private readonly service: AccountsService) {}

  @Get()
  @Endpoint({
    summary: 'Get an account',
    roles: READERS,
    idempotency: 'none',
    answer: AccountAnswer,
  })
  async get(@Req() request: EdgeRequest, @Param('id') id: string): Promise<object> {
    const { account, revision } = await this.accountOf(request, id);
    const now = this.service.now();
    const { participantId, status } = account;
    const membership = await this.service.platform.calls.call(GetMembership, {
      accountId: id,
      now,
    });
    const summary = toAccountSummary(account, { tier: membership?.tier ?? '', now });
    return { ...summary, participantId, status, revision };
  }

  @Get('entries')
  @Endpoint({
    summary: 'Read the statement of an account, newest first',
    roles: READERS,
    idempotency: 'none',
    query: StatementQuery,
    answer: [EntryAnswer],
  })
  async entries(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Query() query: StatementQuery,
  ): Promise<Page<EntryShown>> {
    await this.accountOf(request, id);
    await this.service.accounts.settleIfDue(id, this.service.now());
    const limit = limitOf(query);
    const [revision, index] = cursorOf(query, ['number', 'number']) ?? [];
    const { platform, accounts } = this.service;
    const found = await readStatement(platform.eventStore, accounts.repository.streamOf(id), {
      filter: {
        from: query.from === undefined ? undefined : toInstant(query.from),
        to: query.to === undefined ? undefined : toInstant(query.to),
        type: query.type,
        wallet: query.wallet,
      },
      after:
        revision === undefined ? undefined : { revision: Number(revision), index: Number(index) },
      limit: limit + 1,
    });
    const page = toPage(found, limit, (placed) => [placed.revision, placed.index]);
    return { ...page, data: page.data.map(({ entry }) => toEntryAnswer(entry)) };
  }

  @Get('lots')
  @Endpoint({
    summary: 'List the lots of an account in the order in which they are spent',
    roles: READERS,
    idempotency: 'none',
    query: PageQuery,
    answer: [LotAnswer],
  })
  async lots(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<object>> {
    const { account } = await this.accountOf(request, id);
    const limit = limitOf(query);
    const from = Number(cursorOf(query, ['number'])?.[0] ?? 0);
    const lots = lotsAt(account, this.service.now())
      .map((lot, index) => ({ lot, index }))
      .slice(from, from + limit + 1);
    const page = toPage(lots, limit, ({ index }) => [index + 1]);
    return { ...page, data: page.data.map(({ lot }) => toLotAnswer(lot)) };
  }

  @Get('expirations')
  @Endpoint({
    summary: 'List when points expire if nobody spends them',
    roles: READERS,
    idempotency: 'none',
    query: ExpirationsQuery,
    answer: [ExpirationAnswer],
  })
  async expirations(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Query() { until }: ExpirationsQuery,
  ): Promise<Page<Expiration>> {
    const { account } = await this.accountOf(request, id);
    const schedule = expirationsAt(account, this.service.now());
    return { data: schedule.filter(({ on }) => until === undefined || on <= until) };
  }

  private async accountOf(
    request: EdgeRequest,
    id: string,
  ): Promise<{ readonly account: OpenedAccount; readonly revision: number }> {
    const { state, revision } = await this.service.accounts.load(id);
    if (state.status === 'none') throw notFound(`account ${id}`);
    requireOwn(callerOf(request), state.participantId);
    return { account: state, revision };
  }
}
