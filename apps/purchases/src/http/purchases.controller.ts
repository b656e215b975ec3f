import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import {
  callerOf,
  cursorOf,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  forbidden,
  limitOf,
  notFound,
  operationOf,
  requireOwn,
  toPage,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { toInstant } from '@fidelis/kernel';
import { findParticipantId } from '../commands/buyer';
import type { LivePurchase } from '../domain/purchase';
import {
  listPurchases,
  type PurchaseFilter,
} from '../projections/purchase-list/purchase-list.query';
import { PurchasesService } from '../purchases.service';
import { toPurchaseView, toTimelineEntry } from './purchase.view';
import { problemOf, purchasesProblems } from './purchases.problems';
import {
  PurchaseAnswer,
  PurchasesPageAnswer,
  PurchaseWithTimelineAnswer,
} from './purchases.answers';
import { CancelBody, ConfirmBody, PurchasesQuery } from './purchases.requests';

/** Purchases that are under way, or over. */
@Controller('v1/purchases')
export class PurchasesController {
  constructor(private readonly service: PurchasesService) {}

  @Post(':id/confirm')
  @Endpoint({
    summary: 'Confirm an authorized purchase: debit its points',
    roles: ['pos', 'backoffice'],
    idempotency: 'optional',
    body: ConfirmBody,
    query: DryRunQuery,
    answer: PurchaseAnswer,
    problems: purchasesProblems.statuses,
  })
  async confirm(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: ConfirmBody,
  ): Promise<object> {
    const operation = operationOf(request);
    const now = this.service.platform.clock.now();
    return doneOrRehearsed(this.service, request, async ({ external }) => {
      const confirmed = await external.confirm(id, body, { operation, now });
      if (!confirmed.ok) throw problemOf(confirmed.refusal);
      return toPurchaseView(confirmed.value);
    });
  }

  @Post(':id/cancel')
  @Endpoint({
    summary: 'Cancel a purchase that is not confirmed: release its points',
    roles: ['participant', 'pos', 'backoffice'],
    idempotency: 'optional',
    body: CancelBody,
    query: DryRunQuery,
    answer: PurchaseAnswer,
    problems: purchasesProblems.statuses,
  })
  async cancel(@Req() request: EdgeRequest, @Param('id') id: string): Promise<object> {
    requireOwn(callerOf(request), (await this.load(id)).participantId);
    const operation = operationOf(request);
    const now = this.service.platform.clock.now();
    return doneOrRehearsed(this.service, request, async ({ external }) => {
      const cancelled = await external.cancel(id, { operation, now });
      if (!cancelled.ok) throw problemOf(cancelled.refusal);
      return toPurchaseView(cancelled.value);
    });
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a purchase with its timeline',
    roles: ['participant', 'pos', 'backoffice', 'finance'],
    idempotency: 'none',
    answer: PurchaseWithTimelineAnswer,
  })
  async get(@Req() request: EdgeRequest, @Param('id') id: string): Promise<object> {
    const purchase = await this.load(id);
    requireOwn(callerOf(request), purchase.participantId);
    const timeline: object[] = [];
    for await (const event of this.service.streams.purchases.events(id)) {
      timeline.push(toTimelineEntry(event));
    }
    return { ...toPurchaseView(purchase), timeline };
  }

  @Get()
  @Endpoint({
    summary: 'List purchases, newest first',
    roles: ['participant', 'pos', 'backoffice', 'finance'],
    idempotency: 'none',
    query: PurchasesQuery,
    answer: PurchasesPageAnswer,
  })
  async list(@Req() request: EdgeRequest, @Query() query: PurchasesQuery): Promise<Page<object>> {
    const participantId = await this.participantOf(request, query);
    if (query.fresh === true) await this.service.runtime.fresh('purchase-list');
    const limit = limitOf(query);
    const rows = await listPurchases(
      this.service.readModel,
      filterOf(query, { limit: limit + 1, participantId }),
    );
    const page = toPage(rows, limit, ({ requestedAt, purchaseId }) => [requestedAt, purchaseId]);
    return { ...page, data: page.data.map(toPurchaseView) };
  }

  private async load(id: string): Promise<LivePurchase> {
    const purchase = await this.service.external.find(id);
    if (purchase === undefined) throw notFound('purchase');
    return purchase;
  }

  /** A participant's token lists its bearer's, whatever it asks for. */
  private async participantOf(
    request: EdgeRequest,
    { participantId }: PurchasesQuery,
  ): Promise<string | undefined> {
    const own = callerOf(request).participantId;
    if (participantId === undefined) return own;
    const found = await findParticipantId(this.service.platform.calls, participantId);
    if (own !== undefined && own !== found) throw forbidden('a participant sees own data only');
    return found ?? participantId;
  }
}

function filterOf(
  query: PurchasesQuery,
  { limit, participantId }: { readonly limit: number; readonly participantId: string | undefined },
): PurchaseFilter {
  const { vendorId, status, from, to } = query;
  const [requestedAt, purchaseId] = cursorOf(query, ['string', 'string']) ?? [];
  return {
    limit,
    ...(participantId !== undefined && { participantId }),
    ...(vendorId !== undefined && { vendorId }),
    ...(status !== undefined && { status }),
    ...(from !== undefined && { from: toInstant(from) }),
    ...(to !== undefined && { to: toInstant(to) }),
    ...(requestedAt !== undefined && {
      after: { requestedAt: String(requestedAt), purchaseId: String(purchaseId) },
    }),
  };
}
