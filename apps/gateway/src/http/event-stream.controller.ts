import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { Endpoint, OneOf, Optional, type EdgeReply } from '@fidelis/http';
import type { EdgeRequest } from '@fidelis/http';
import { notOfThisStream } from '../events/local-events';
import { PublicEvents } from '../events/public-events';

class EventStreamQuery {
  /** Where to begin without `Last-Event-ID`: at the end (default) or with the first event ever. */
  @Optional() @OneOf('start', 'end') readonly from?: 'start' | 'end';
}

@Controller('v1/events')
export class EventStreamController {
  constructor(private readonly events: PublicEvents) {}

  @Get('stream')
  @Endpoint({
    summary: 'Follow the public messages of all services (server-sent events)',
    description:
      'Each event is a CloudEvent. Resumes after Last-Event-ID; an event may come twice, none is left out.',
    roles: ['backoffice', 'finance'],
    idempotency: 'none',
    query: EventStreamQuery,
    headers: { 'Last-Event-ID': 'The id of the last event that was taken: goes on after it.' },
    answerTypes: ['text/event-stream'],
  })
  async follow(
    @Query() query: EventStreamQuery,
    @Req() request: EdgeRequest,
    @Res() reply: EdgeReply,
  ): Promise<void> {
    const lastEventId = request.headers['last-event-id'];
    if (Array.isArray(lastEventId)) throw notOfThisStream();
    const follow = await this.events.begin({
      lastEventId: lastEventId === '' ? undefined : lastEventId,
      from: query.from,
    });
    reply.hijack();
    await follow(reply.raw, request.id);
  }
}
