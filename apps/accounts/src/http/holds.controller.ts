import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { accountOfHold } from '@fidelis/contracts';
import { Endpoint, notFound, operationOf, type EdgeRequest } from '@fidelis/http';
import { toInstant, type Instant, type Rejection } from '@fidelis/kernel';
import { addDuration } from '@fidelis/ledger';
import { AccountsService } from '../accounts.service';
import { capturedOf, heldOf, pointsOf } from '../commands/hold-answers';
import { problemOf, statusesOf } from './accounts.problems';
import { CaptureBody, HoldAnswer, HoldBody, NoBody } from './accounts.requests';

const TILLS = ['backoffice', 'pos'] as const;

/** Points reserved, then spent or given back. */
@Controller('v1')
export class HoldsController {
  constructor(private readonly service: AccountsService) {}

  @Post('accounts/:id/holds')
  @Endpoint({
    summary: 'Hold points',
    roles: TILLS,
    idempotency: 'required',
    status: 201,
    body: HoldBody,
    answer: HoldAnswer,
    problems: statusesOf(
      'insufficient_points',
      'account_frozen',
      'account_closed',
      'hold_expiry_past',
      'too_many_lots',
    ),
  })
  async hold(
    @Req() request: EdgeRequest,
    @Param('id') accountId: string,
    @Body() { expiresAt, ttl, ...body }: HoldBody,
  ): Promise<object> {
    const now = this.service.now();
    const operation = operationOf(request);
    await this.service.terms.refresh(accountId, now);
    const handled = await this.service.accounts.hold(
      { accountId, operation },
      {
        ...body,
        expiresAt: expiresAt === undefined ? afterTtl(now, ttl) : toInstant(expiresAt),
        source: { kind: 'hold', id: operation.id },
        now,
      },
    );
    if (handled.outcome === 'rejected') throw problemOf(handled.rejection);
    await handled.durable;
    return { status: 'held', ...heldOf(handled.events) };
  }

  @Post('holds/:holdId/capture')
  @Endpoint({
    summary: 'Capture a hold: its points are spent',
    roles: TILLS,
    idempotency: 'required',
    body: CaptureBody,
    answer: HoldAnswer,
    problems: statusesOf('hold_not_active', 'capture_exceeds_hold'),
  })
  async capture(
    @Req() request: EdgeRequest,
    @Param('holdId') holdId: string,
    @Body() { points }: CaptureBody,
  ): Promise<object> {
    const now = this.service.now();
    const to = { accountId: accountOfHold(holdId), operation: operationOf(request) };
    const source = { kind: 'hold', id: holdId } as const;
    const handled = await this.service.accounts.capture(to, {
      ...(points !== undefined && { points }),
      ...{ holdId, source, at: now, now },
    });
    if (handled.outcome === 'rejected') throw await this.refusalOf(holdId, handled.rejection);
    await handled.durable;
    return { status: 'captured', ...capturedOf(handled.events) };
  }

  @Post('holds/:holdId/release')
  @Endpoint({
    summary: 'Release a hold: its points are free again',
    roles: TILLS,
    idempotency: 'required',
    body: NoBody,
    answer: HoldAnswer,
    problems: statusesOf('hold_not_active'),
  })
  async release(@Req() request: EdgeRequest, @Param('holdId') holdId: string): Promise<object> {
    const to = { accountId: accountOfHold(holdId), operation: operationOf(request) };
    const now = this.service.now();
    const handled = await this.service.accounts.release(to, { holdId, now });
    if (handled.outcome === 'rejected') throw await this.refusalOf(holdId, handled.rejection);
    await handled.durable;
    const released = handled.events.find((event) => event.type === 'HoldReleased');
    return { holdId, status: 'released', points: pointsOf(released?.data.lots ?? []) };
  }

  /** A hold that never was is 404; one that has ended is 409. */
  private async refusalOf(holdId: string, rejection: Rejection): Promise<Error> {
    if (rejection.code === 'account_not_found') return notFound(`hold ${holdId}`);
    if (rejection.code !== 'hold_not_active') return problemOf(rejection);
    const { hold } = await this.service.accounts.pastHold(accountOfHold(holdId), holdId);
    return hold === undefined ? notFound(`hold ${holdId}`) : problemOf(rejection);
  }
}

function afterTtl(now: Instant, ttl = 'PT0S'): Instant {
  return addDuration(now, ttl, 'UTC');
}
