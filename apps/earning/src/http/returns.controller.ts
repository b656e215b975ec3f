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
import { canonicalJson, fingerprintOf } from '@fidelis/kernel';
import type { RequestReturn } from '../domain/transaction';
import { Earning } from '../earning';
import { returnProblem, returnProblems } from './earning.problems';
import { foundTicket } from './find-transaction';
import { toReturnAnswer } from './transactions.answers';
import { normalInstant } from './transactions.mapping';
import { CancelBody, ReturnBody } from './transactions.requests';

const SENDERS = ['pos', 'backoffice'] as const;

@Controller('v1/transactions/:transactionId')
export class ReturnsController {
  constructor(private readonly earning: Earning) {}

  @Post('returns')
  @Endpoint({
    summary: 'Return a ticket: in full, by line and quantity, or by amount',
    roles: SENDERS,
    idempotency: 'business-id',
    status: 201,
    otherStatuses: [200],
    body: ReturnBody,
    query: DryRunQuery,
    problems: returnProblems.statuses,
  })
  async return(
    @Req() request: EdgeRequest,
    @Param('transactionId') id: string,
    @Body() body: ReturnBody,
  ): Promise<Answered<object>> {
    const { key } = await foundTicket(this.earning, id);
    const command = toRequestReturn(body, this.earning.platform.clock.now());
    return doneOrRehearsed(this.earning, request, async ({ returnTicket }) => {
      const returned = await returnTicket.run(key, command, callerOf(request).actor);
      if (!returned.ok) throw returnProblem(returned.refusal);
      return answered(returned.again ? 200 : 201, toReturnAnswer(returned.accepted));
    });
  }

  @Post('cancel')
  @Endpoint({
    summary: 'Cancel a ticket: all that is left of it is reversed',
    roles: SENDERS,
    idempotency: 'optional',
    body: CancelBody,
    query: DryRunQuery,
    problems: returnProblems.statuses,
  })
  async cancel(
    @Req() request: EdgeRequest,
    @Param('transactionId') id: string,
    @Body() { reason }: CancelBody,
  ): Promise<object> {
    const { key, transaction } = await foundTicket(this.earning, id);
    const occurredAt = this.earning.platform.clock.now();
    const what = { returnId: 'cancel', kind: 'cancel', contentHash: '' } as const;
    const command = { ...what, occurredAt, reason };
    return doneOrRehearsed(this.earning, request, async ({ returnTicket }) => {
      const returned = await returnTicket.run(key, command, callerOf(request).actor);
      if (!returned.ok) throw returnProblem(returned.refusal);
      const { transactionId, source } = transaction.ticket;
      return { transactionId, source, status: 'cancelled', ...toReturnAnswer(returned.accepted) };
    });
  }
}

function toRequestReturn(body: ReturnBody, now: string): RequestReturn {
  const { returnId, occurredAt, full, lines, amount, reinstateOffers } = body;
  if (full === false) {
    const detail = 'is true, or absent where lines or an amount are returned';
    throw validationFailed([{ pointer: '/full', code: 'full', detail }]);
  }
  const kind = full === true ? 'full' : lines === undefined ? 'amount' : 'lines';
  return {
    returnId,
    kind,
    contentHash: fingerprintOf(canonicalJson(body)),
    lines,
    amount,
    occurredAt: occurredAt === undefined ? now : normalInstant(occurredAt),
    reinstateOffers,
  };
}
