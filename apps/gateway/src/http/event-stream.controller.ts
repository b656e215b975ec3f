import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { Endpoint, OneOf, Optional, validationFailed, type EdgeReply } from '@fidelis/http';
import type { EdgeRequest } from '@fidelis/http';
import { START, type Position } from '@fidelis/event-store';
import { EventStream } from '../events/event-stream';

class EventStreamQuery {
  /** Where to begin without `Last-Event-ID`: at the end (default) or with the first event ever. */
  @Optional() @OneOf('start', 'end') readonly from?: 'start' | 'end';
}

@Controller('v1/events')
export class EventStreamController {
  constructor(private readonly stream: EventStream) {}

  @Get('stream')
  @Endpoint({
    summary: 'Follow the public messages of all services (server-sent events)',
    description:
      'Each event is a CloudEvent. Resumes after Last-Event-ID; an event may come twice, none is left out.',
    roles: ['backoffice', 'finance'],
    idempotency: 'none',
    query: EventStreamQuery,
    answerTypes: ['text/event-stream'],
  })
  async follow(
    @Query() query: EventStreamQuery,
    @Req() request: EdgeRequest,
    @Res() reply: EdgeReply,
  ): Promise<void> {
    const after = positionOf(request.headers['last-event-id'], query);
    this.stream.requireRoom();
    reply.hijack();
    await this.stream.open(reply.raw, after, request.id);
  }
}

function positionOf(
  header: string | readonly string[] | undefined,
  query: EventStreamQuery,
): Position | undefined {
  if (header === undefined || header === '') return query.from === 'start' ? START : undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  const detail = 'Last-Event-ID must be an id of this stream';
  throw validationFailed([{ pointer: '/headers/last-event-id', code: 'cursor', detail }]);
}
