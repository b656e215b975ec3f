import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import {
  answered,
  callerOf,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  validationFailed,
  type Answered,
  type EdgeRequest,
} from '@fidelis/http';
import type { AskedReversal } from '../domain/purchase';
import { PurchasesService } from '../purchases.service';
import { problemOf, purchasesProblems } from './purchases.problems';
import { ReversalAnswer } from './purchases.answers';
import { ReversalBody } from './purchases.requests';

@Controller('v1/purchases/:id/orders/:orderId/reversals')
export class ReversalsController {
  constructor(private readonly service: PurchasesService) {}

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
    @Body() body: ReversalBody,
  ): Promise<Answered<object>> {
    const { reversalId, kind, reason } = body;
    const now = this.service.platform.clock.now();
    const command = { reversalId, orderId, asked: askedBy(body), reason, now };
    const { actor } = callerOf(request);
    return doneOrRehearsed(this.service, request, async ({ reversals }) => {
      const done = await reversals.reverse(id, command, { actor });
      if (!done.ok) throw problemOf(done.refusal);
      const { created, reversal } = done.value;
      const { restoredPoints, amount: restoredAmount } = reversal;
      const view = { reversalId, orderId, kind, restoredPoints, restoredAmount, reason };
      return answered(created ? 201 : 200, view);
    });
  }
}

/** Each kind has its own measure, and no other. */
function askedBy({ kind, points, items }: ReversalBody): AskedReversal {
  if (kind !== 'value' && points !== undefined) throw unexpected('points', kind);
  if (kind !== 'quantity' && items !== undefined) throw unexpected('items', kind);
  if (kind === 'value') return { kind, points: points ?? missing('points', kind) };
  if (kind === 'quantity') return { kind, items: items ?? missing('items', kind) };
  return { kind };
}

function unexpected(name: string, kind: string): Error {
  const detail = `the kind ${kind} has no ${name}`;
  return validationFailed([{ pointer: `/${name}`, code: 'unexpected', detail }]);
}

function missing(name: string, kind: string): never {
  const detail = `the kind ${kind} needs ${name}`;
  throw validationFailed([{ pointer: `/${name}`, code: 'required', detail }]);
}
