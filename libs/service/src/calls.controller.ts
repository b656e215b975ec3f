import { timingSafeEqual } from 'node:crypto';
import { Controller, HttpCode, HttpException, Post, Req } from '@nestjs/common';
import { NO_ENDPOINT, NOT_BEGUN_HEADER } from '@fidelis/contracts';
import { commonProblem } from '@fidelis/http';
import { fingerprintOf, OperationalError } from '@fidelis/kernel';
import type { CallTable } from '@fidelis/service-calls';

interface CallRequest {
  readonly params: { readonly service: string; readonly name: string };
  readonly headers: { readonly authorization?: string };
  readonly body: unknown;
}

/** The door for other services' calls; only for those who know the installation's secret. */
export function callsController(table: CallTable, secret: string): new () => object {
  const expected = Buffer.from(fingerprintOf(`Bearer ${secret}`));

  @Controller('internal/calls')
  class CallsController {
    @Post(':service/:name')
    @HttpCode(200)
    async answer(@Req() request: CallRequest): Promise<string> {
      const given = Buffer.from(fingerprintOf(request.headers.authorization ?? ''));
      if (!timingSafeEqual(given, expected)) throw new HttpException('unauthenticated', 401);
      const handler = table.findByPath(request.params.service, request.params.name);
      if (handler === undefined) throw notKnown();
      try {
        return JSON.stringify(await handler(request.body));
      } catch (error) {
        if (error instanceof OperationalError) throw new HttpException(error.message, 503);
        throw error;
      }
    }
  }
  return CallsController;
}

/** While versions run side by side another replica may know it. */
const notKnown = () =>
  commonProblem('not_found', 'there is no such call', {
    headers: { [NOT_BEGUN_HEADER]: NO_ENDPOINT },
  });
