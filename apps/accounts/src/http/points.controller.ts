import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { Endpoint, operationOf, type EdgeRequest } from '@fidelis/http';
import { toInstant } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import { entryOf, type EntryShown } from './accounts.mapping';
import { problemOf, statusesOf } from './accounts.problems';
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
    problems: statusesOf(
      'account_closed',
      'unknown_wallet',
      'expires_before_available',
      'points_limit_exceeded',
    ),
  })
  async credit(
    @Req() request: EdgeRequest,
    @Param('id') accountId: string,
    @Body() body: CreditBody,
  ): Promise<EntryShown> {
    const operation = operationOf(request);
    const { availableAt, ...rest } = body;
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
    const handled = await this.service.accounts.debit(
      { accountId, operation },
      {
        ...{ points, reason, source, now: this.service.now() },
        ...(reference !== undefined && { reference }),
      },
    );
    if (handled.outcome === 'rejected') throw problemOf(handled.rejection);
    await handled.durable;
    return entryOf(handled.events, 'PointsDebited');
  }
}
