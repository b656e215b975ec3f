import { Body, Controller, Param, Post, Query, Req } from '@nestjs/common';
import {
  answered,
  callerOf,
  Endpoint,
  validationFailed,
  type Answered,
  type EdgeRequest,
} from '@fidelis/http';
import { Platform } from '@fidelis/service';
import { ReverseOrderCommand } from '../commands/reverse-order';
import type { AskedReversal } from '../domain/purchase';
import { problemOf, purchasesProblems } from './purchases.problems';
import { DryRunQuery, ReversalAnswer, ReversalBody } from './purchases.requests';

@Controller('v1/purchases/:id/orders/:orderId/reversals')
export class ReversalsController {
  constructor(
    private readonly platform: Platform,
    private readonly orders: ReverseOrderCommand,
  ) {}

  @Post()
  @Endpoint({
    summary: 'Reverse a confirmed order, wholly or in part',
    roles: ['pos', 'backoffice'],
    idempotency: 'business-id',
    status: 201,
    otherStatuses: [200],
    body: ReversalBody,
    query: DryRunQuery,
    answer: ReversalAnswer,
    problems: purchasesProblems.statuses,
  })
  async reverse(
    @Req() request: EdgeRequest,
    @Param() { id, orderId }: { readonly id: string; readonly orderId: string },
    @Query() { dryRun }: DryRunQuery,
    @Body() body: ReversalBody,
  ): Promise<Answered<object>> {
    const { reversalId, kind, reason } = body;
    const now = this.platform.clock.now();
    const command = { reversalId, orderId, asked: askedBy(body), reason, now };
    if (dryRun === true) {
      const simulated = await this.orders.simulate(id, command);
      if (!simulated.ok) throw problemOf(simulated.refusal);
      return answered(201, { simulated: true, reversalId, orderId, kind, ...simulated.value });
    }
    const { actor } = callerOf(request);
    const done = await this.orders.reverse(id, command, { actor });
    if (!done.ok) throw problemOf(done.refusal);
    const { created, reversal } = done.value;
    const { restoredPoints, amount: restoredAmount } = reversal;
    const view = { reversalId, orderId, kind, restoredPoints, restoredAmount, reason };
    return answered(created ? 201 : 200, view);
  }
}

/** Each kind has its own measure, and no other. */
function askedBy({ kind, points, items }: ReversalBody): AskedReversal {
  if (kind !== 'value' && points !== undefined) throw misplaced('points', 'value');
  if (kind !== 'quantity' && items !== undefined) throw misplaced('items', 'quantity');
  switch (kind) {
    case 'total':
    case 'freight':
      return { kind };
    case 'value':
      if (points === undefined) throw missing('points', kind);
      return { kind, points };
    case 'quantity':
      if (items === undefined) throw missing('items', kind);
      return { kind, items };
  }
}

function misplaced(name: string, kind: string): Error {
  const detail = `${name} belongs to the kind ${kind} only`;
  return validationFailed([{ pointer: `/${name}`, code: 'unexpected', detail }]);
}

function missing(name: string, kind: string): Error {
  const detail = `the kind ${kind} needs ${name}`;
  return validationFailed([{ pointer: `/${name}`, code: 'required', detail }]);
}
