import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { callerOf, Endpoint, notFound, requireOwn, type EdgeRequest } from '@fidelis/http';
import { toInstant, type Instant } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import { balanceAt, balanceOfWallet, type OpenedAccount } from '../domain/account';
import { readPastBalance, type PastBalance } from '../queries/past-balance.query';
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
    const now = this.service.now();
    const knownAt = notAfter(now, query.knownAt);
    const asOf = query.asOf === undefined ? knownAt : notAfter(now, query.asOf);
    const isNow = query.asOf === undefined && query.knownAt === undefined;
    const { balance, revision: seen } = isNow
      ? currentBalance(state, revision, now)
      : await readPastBalance(this.service.accounts.repository, id, { asOf, knownAt });
    const shown = query.wallet === undefined ? balance : balanceOfWallet(balance, query.wallet);
    return { accountId: id, ...shown, asOf, knownAt, revision: seen };
  }
}

function currentBalance(account: OpenedAccount, revision: number, now: Instant): PastBalance {
  return { balance: balanceAt(account, now), revision };
}

/** Nobody knows what will have happened by then. */
function notAfter(now: Instant, text: string | undefined): Instant {
  if (text === undefined) return now;
  const instant = toInstant(text);
  if (instant <= now) return instant;
  throw balanceProblems.problem('instant_in_future', `${instant} is later than now, ${now}`);
}
