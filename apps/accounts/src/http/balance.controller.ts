import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { callerOf, Endpoint, notFound, requireOwn, type EdgeRequest } from '@fidelis/http';
import { toInstant, type Instant } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import { balanceAt, hasWallet, type OpenedAccount } from '../domain/account';
import { readPastBalance } from '../queries/past-balance.query';
import { balanceProblems } from './accounts.problems';
import { BalanceAnswer, BalanceQuery } from './accounts.requests';

@Controller('v1/accounts/:id/balance')
export class BalanceController {
  constructor(private readonly service: AccountsService) {}

  @Get()
  @Endpoint({
    summary: 'Read the balance of an account, now or at any instant',
    roles: ['backoffice', 'pos', 'finance', 'participant'],
    idempotency: 'none',
    query: BalanceQuery,
    answer: BalanceAnswer,
    problems: balanceProblems.statuses,
  })
  async balance(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Query() query: BalanceQuery,
  ): Promise<object> {
    const { state, revision } = await this.service.accounts.load(id);
    if (state.status === 'none') throw notFound(`account ${id}`);
    requireOwn(callerOf(request), state.participantId);
    const { wallet } = query;
    const now = this.service.now();
    if (wallet !== undefined) await this.requireWallet(state, wallet, now);
    const knownAt = notAfter(now, query.knownAt);
    const asOf = query.asOf === undefined ? knownAt : notAfter(now, query.asOf);
    const isNow = query.asOf === undefined && query.knownAt === undefined;
    const { repository } = this.service.accounts;
    const { balance, revision: seen } = isNow
      ? { balance: balanceAt(state, now, wallet), revision }
      : await readPastBalance(repository, state, { asOf, knownAt, wallet });
    return { accountId: id, ...balance, asOf, knownAt, revision: seen };
  }

  private async requireWallet(account: OpenedAccount, wallet: string, now: Instant): Promise<void> {
    if (hasWallet(account, wallet)) return;
    if (await this.service.terms.haveWallet(account.programId, wallet, now)) return;
    throw balanceProblems.problem('unknown_wallet', `the programme has no wallet ${wallet}`);
  }
}

/** Nobody knows what will have happened by then. */
function notAfter(now: Instant, text: string | undefined): Instant {
  if (text === undefined) return now;
  const instant = toInstant(text);
  if (instant <= now) return instant;
  throw balanceProblems.problem('instant_in_future', `${instant} is later than now, ${now}`);
}
