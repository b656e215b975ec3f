import { Controller, Get, HttpException, Query, Req, Res } from '@nestjs/common';
import { describeRoutes, internalDoor, type DescribedRoutes, type RouteTable } from '@fidelis/http';
import type { EdgeReply, EdgeRequest } from '@fidelis/http';
import type { EventStream } from './event-stream';

export interface InternalParts {
  /** The installation's (FIDELIS_INTERNAL_SECRET). */
  readonly secret: string;
  /** The same that `createEdgeApp` fills. */
  readonly routes: RouteTable;
  /** Of the service's own publishers. */
  readonly eventStream: EventStream;
}

/** What a gateway in another process asks a service: its endpoints, and what happens in it. */
export function internalController({
  secret,
  routes,
  eventStream,
}: InternalParts): new () => object {
  const isInside = internalDoor(secret);
  let described: DescribedRoutes | undefined;

  const requireInside = (request: EdgeRequest): void => {
    if (!isInside(request.headers)) throw new HttpException('unauthenticated', 401);
  };

  @Controller('internal')
  class InternalController {
    @Get('routes')
    routes(@Req() request: EdgeRequest): DescribedRoutes {
      requireInside(request);
      described ??= describeRoutes(routes);
      return described;
    }

    /** Messages of the events after the position `after`, as server-sent events with positions. */
    @Get('events/stream')
    async follow(
      @Query('after') after: unknown,
      @Req() request: EdgeRequest,
      @Res() reply: EdgeReply,
    ): Promise<void> {
      requireInside(request);
      const position =
        typeof after === 'string' && /^(?:-1|\d{1,16})$/.test(after) ? Number(after) : NaN;
      if (!Number.isSafeInteger(position)) throw new HttpException('malformed', 400);
      eventStream.requireRoom();
      reply.hijack();
      await eventStream.open(reply.raw, position, request.id);
    }
  }
  return InternalController;
}
