import { Body, Controller, Post, Req } from '@nestjs/common';
import {
  answered,
  callerOf,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  isDryRun,
  operationOf,
  requireOwn,
  validationFailed,
  type Answered,
  type EdgeRequest,
  type HttpOperation,
} from '@fidelis/http';
import { isSettled } from '../domain/purchase';
import { PurchasesService } from '../purchases.service';
import { toPurchaseView } from './purchase.view';
import { problemOf, purchasesProblems } from './purchases.problems';
import { PurchaseAnswer } from './purchases.answers';
import { AuthorizeBody, BuyBody } from './purchases.requests';

/** Begins purchases. A participant's token may buy for its bearer only. */
@Controller('v1/purchases')
export class BuyingController {
  constructor(private readonly service: PurchasesService) {}

  @Post()
  @Endpoint({
    summary: 'Buy products of portfolio vendors with points',
    description:
      '201 when the vendors answered in time, else 202: GET the purchase. A dry run asks no vendor.',
    roles: ['participant', 'pos', 'backoffice'],
    idempotency: 'required',
    status: 201,
    otherStatuses: [202],
    body: BuyBody,
    query: DryRunQuery,
    answer: PurchaseAnswer,
    problems: purchasesProblems.statuses,
  })
  async buy(@Req() request: EdgeRequest, @Body() body: BuyBody): Promise<Answered<object>> {
    const { shipTo, actor, ...cart } = body;
    const when = this.when(request, actor);
    requireOwnIn(request, body.participantId);
    return doneOrRehearsed(this.service, request, async ({ products, settlement }) => {
      const opened = await products.buy({ ...cart, ...(shipTo && { shipTo }) }, when);
      if (!opened.ok) throw problemOf(opened.refusal);
      const purchase = await settlement.of(opened.value.purchaseId);
      // Vendors are not asked in a dry run: it shows a purchase that waits for nobody.
      const settled = isSettled(purchase) || isDryRun(request);
      return answered(settled ? 201 : 202, toPurchaseView(purchase));
    });
  }

  @Post('authorize')
  @Endpoint({
    summary: 'Authorize an external purchase: hold its points',
    description: 'At any vendor: at a portfolio vendor too the client may be the one that orders.',
    roles: ['participant', 'pos', 'backoffice'],
    idempotency: 'required',
    status: 201,
    body: AuthorizeBody,
    query: DryRunQuery,
    answer: PurchaseAnswer,
    problems: purchasesProblems.statuses,
  })
  async authorize(
    @Req() request: EdgeRequest,
    @Body() body: AuthorizeBody,
  ): Promise<Answered<object>> {
    const { actor, ...command } = body;
    const when = this.when(request, actor);
    requireOwnIn(request, body.participantId);
    if (this.service.external.expiryOf(command, when.now) <= when.now) throw ttlTooShort();
    return doneOrRehearsed(this.service, request, async ({ external }) => {
      const opened = await external.authorize(command, when);
      if (!opened.ok) throw problemOf(opened.refusal);
      return answered(201, toPurchaseView(opened.value));
    });
  }

  /** Who acted for the participant is recorded with every event of the operation. */
  private when(
    request: EdgeRequest,
    actor: string | undefined,
  ): { operation: HttpOperation; now: string } {
    const operation = operationOf(request);
    return {
      operation: { ...operation, actor: actor ?? operation.actor },
      now: this.service.platform.clock.now(),
    };
  }
}

/** Tokens name our ids; whoever acts under one cannot hide behind an external id. */
function requireOwnIn(request: EdgeRequest, participantId: string): void {
  requireOwn(callerOf(request), participantId);
}

function ttlTooShort(): Error {
  const detail = 'a hold of no time holds nothing';
  return validationFailed([{ pointer: '/ttl', code: 'duration', detail }]);
}
