import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { commonProblem, Endpoint, type EdgeRequest } from '@fidelis/http';
import { derivedId } from '@fidelis/kernel';
import { recordAnswer } from '../domain/vendor-order';
import { isSigned } from '../secrets/signatures';
import { VendorsService } from '../vendors.service';
import { secretOf } from './vendors.mapping';
import { vendorsProblems } from './vendors.problems';
import { CallbackAnswer } from './vendors.answers';
import { CallbackBody } from './vendors.requests';

/** Where vendors say what has become of an order. The signature is the only key. */
@Controller('v1/vendors/:id/callbacks')
export class CallbacksController {
  constructor(private readonly service: VendorsService) {}

  @Post()
  @Endpoint({
    summary: 'Tell what has become of an order (vendor)',
    description: 'Signed by Standard Webhooks with the vendor’s secret.',
    roles: 'public',
    idempotency: 'none',
    body: CallbackBody,
    rawBody: true,
    answer: CallbackAnswer,
    problems: { ...vendorsProblems.statuses, unauthenticated: 401 },
  })
  async answer(
    @Req() request: EdgeRequest,
    @Param('id') vendorId: string,
    @Body() body: CallbackBody,
  ): Promise<object> {
    await this.requireSignature(request, vendorId);
    const { orders } = this.service.streams;
    const { state } = await orders.load(body.orderId);
    if (state.phase === 'absent' || state.vendorId !== vendorId) {
      throw vendorsProblems.problem('not_found', 'no such order of this vendor');
    }
    const { orderId, ...answer } = body;
    const now = this.service.platform.clock.now();
    const handled = await orders.handle({
      id: orderId,
      operation: { id: derivedId('callback', vendorId, messageIdOf(request)), actor: vendorId },
      now,
      decide: (order) => recordAnswer({ ...answer, now }, order),
    });
    if (handled.outcome === 'rejected') throw vendorsProblems.of(handled.rejection);
    await handled.durable;
    return { orderId, status: handled.state.phase };
  }

  /** Whoever has no secret, or none at all, is told the same: not signed. */
  private async requireSignature(request: EdgeRequest, vendorId: string): Promise<void> {
    const { streams, sealer } = this.service;
    const { state } = await streams.vendors.load(vendorId);
    const secret = secretOf(state, sealer);
    const { rawBody, headers } = request;
    if (secret !== undefined && rawBody !== undefined && isSigned(secret, headers, rawBody)) return;
    throw commonProblem('unauthenticated', 'the signature is missing, wrong or stale');
  }
}

function messageIdOf(request: EdgeRequest): string {
  return String(request.headers['webhook-id']);
}
