import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { Endpoint, operationOf, type EdgeRequest } from '@fidelis/http';
import { toInstant } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import { entryOf, type EntryShown } from './accounts.mapping';
import { pointSourceProblems, problemOf, statusesOf } from './accounts.problems';
import { CreditBody, DebitBody, EntryAnswer } from './accounts.requests';

/** Points given and taken by hand. */
@Controller('v1/accounts/:id')
export class PointsController {
  constructor(private readonly service: AccountsService) {}

  @Post('credits')
  @Endpoint({
    summary: 'Credit points',
    roles: ['backoffice'],
    idempotency: 'required',
    status: 201,
    body: CreditBody,
    answer: EntryAnswer,
    problems: {
      ...statusesOf(
        'account_closed',
        'unknown_wallet',
        'expires_before_available',
        'points_limit_exceeded',
      ),
      unknown_point_source: pointSourceProblems.statuses.unknown_point_source,
    },
  })
  async credit(
    @Req() request: EdgeRequest,
    @Param('id') accountId: string,
    @Body() body: CreditBody,
  ): Promise<EntryShown> {
    const operation = operationOf(request);
    const { availableAt, ...rest } = body;
    await this.requirePointSource(body.pointSource);
    const now = this.service.now();
    await this.service.terms.refresh(accountId, now);
    const handled = await this.service.accounts.credit(
      { accountId, operation },
      {
        ...rest,
        ...(availableAt !== undefined && { availableAt: toInstant(availableAt) }),
        source: { kind: 'credit', id: operation.id },
        now,
      },
    );
    if (handled.outcome === 'rejected') throw problemOf(handled.rejection);
    await handled.durable;
    return entryOf(handled.events, 'PointsCredited');
  }

  @Post('debits')
  @Endpoint({
    summary: 'Debit points',
    roles: ['backoffice', 'pos'],
    idempotency: 'required',
    status: 201,
    body: DebitBody,
    answer: EntryAnswer,
    problems: statusesOf(
      'insufficient_points',
      'account_frozen',
      'account_closed',
      'points_limit_exceeded',
      'too_many_lots',
    ),
  })
  async debit(
    @Req() request: EdgeRequest,
    @Param('id') accountId: string,
    @Body() { points, reason, reference }: DebitBody,
  ): Promise<EntryShown> {
    const operation = operationOf(request);
    const source = { kind: 'debit', id: operation.id } as const;
    const now = this.service.now();
    await this.service.terms.refresh(accountId, now);
    const handled = await this.service.accounts.debit(
      { accountId, operation },
      {
        ...{ points, reason, source, now },
        ...(reference !== undefined && { reference }),
      },
    );
    if (handled.outcome === 'rejected') throw problemOf(handled.rejection);
    await handled.durable;
    return entryOf(handled.events, 'PointsDebited');
  }
  private async requirePointSource(id: string | undefined): Promise<void> {
    if (id === undefined || (await this.service.pointSources.find(id)) !== undefined) return;
    throw pointSourceProblems.problem('unknown_point_source', `there is no point source ${id}`);
  }
}
