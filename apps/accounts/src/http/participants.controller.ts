import { Body, Controller, Get, Param, Patch, Post, Query, Req } from '@nestjs/common';
import {
  answered,
  commonProblem,
  cursorOf,
  Endpoint,
  ifMatchOf,
  limitOf,
  notFound,
  operationOf,
  requireOwn,
  requireRevision,
  callerOf,
  toPage,
  toParticipantRef,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { derivedId, newId } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import type { RegisteredParticipant } from '../domain/participant';
import { participantView } from './participant-view';
import { requireUsableId, revised, toProfile } from './participants.mapping';
import {
  ParticipantAnswer,
  ParticipantsQuery,
  RegisterParticipantBody,
  ReviseParticipantBody,
} from './participants.requests';

@Controller('v1/participants')
export class ParticipantsController {
  constructor(private readonly service: AccountsService) {}

  @Post()
  @Endpoint({
    summary: 'Register a participant; auto-enrolment has run when it answers',
    roles: ['backoffice', 'pos'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: RegisterParticipantBody,
    answer: ParticipantAnswer,
    problems: { already_exists: 409 },
  })
  async register(
    @Req() request: EdgeRequest,
    @Body() body: RegisterParticipantBody,
  ): Promise<Answered<object>> {
    requireUsableId(body.id);
    const registered = await this.service.participants.register({
      ...(body.id !== undefined && { id: body.id }),
      newId: newIdOf(request),
      profile: toProfile(body),
      now: this.service.now(),
      actor: callerOf(request).actor,
    });
    if (registered.outcome === 'rejected') {
      throw commonProblem('already_exists', registered.rejection.detail);
    }
    const { participant, outcome } = registered;
    const enrolment = await this.service.enrolments.auto(participant, {
      revision: 0,
      now: this.service.now(),
    });
    const view = await participantView(this.service, participant, enrolment);
    return answered(outcome === 'created' ? 201 : 200, view);
  }

  @Get()
  @Endpoint({
    summary: 'List participants',
    roles: ['backoffice', 'pos'],
    idempotency: 'none',
    query: ParticipantsQuery,
    answer: [ParticipantAnswer],
  })
  async list(@Query() query: ParticipantsQuery): Promise<Page<object>> {
    const limit = limitOf(query);
    const { q, externalId, group } = query;
    const afterId = cursorOf(query, ['string'])?.[0];
    const records = await this.service.personal.list({
      ...{ q, externalId, group },
      afterId: afterId === undefined ? undefined : String(afterId),
      limit: limit + 1,
    });
    const page = toPage(records, limit, (record) => [record.participantId]);
    const shown = page.data.map(async ({ participantId, contentHash }) => {
      const found = await this.service.participants.find({ id: participantId });
      // A row whose event was never recorded, or was overtaken, is nobody.
      if (found?.contentHash !== contentHash) return [];
      return [await participantView(this.service, found)];
    });
    return { ...page, data: (await Promise.all(shown)).flat() };
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a participant with their accounts',
    roles: ['backoffice', 'pos', 'finance', 'participant'],
    idempotency: 'none',
    answer: ParticipantAnswer,
  })
  async get(@Req() request: EdgeRequest, @Param('id') id: string): Promise<object> {
    const participant = await this.participantOf(id);
    requireOwn(callerOf(request), participant.participantId);
    return participantView(this.service, participant);
  }

  @Patch(':id')
  @Endpoint({
    summary: 'Change a participant; other groups or territory run auto-enrolment again',
    roles: ['backoffice', 'pos'],
    idempotency: 'optional',
    body: ReviseParticipantBody,
    answer: ParticipantAnswer,
  })
  async revise(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: ReviseParticipantBody,
  ): Promise<object> {
    const before = await this.participantOf(id);
    const { participantId } = before;
    const { revision } = await this.service.participants.repository.load(participantId);
    requireRevision(ifMatchOf(request), revision);
    const profile = await this.service.participants.profileOf(before);
    if (profile === undefined) throw notFound(`participant ${id}`);
    const now = this.service.now();
    const change = {
      profile: revised(profile, body),
      now,
      operationId: operationOf(request).id,
    };
    const changed = await this.service.participants.revise(participantId, change);
    if ('code' in changed) throw notFound(`participant ${id}`);
    if (!movesElsewhere(before, changed.participant)) {
      return participantView(this.service, changed.participant);
    }
    const enrolment = await this.service.enrolments.auto(changed.participant, {
      revision: changed.revision,
      now,
    });
    return participantView(this.service, changed.participant, enrolment);
  }

  private async participantOf(id: string): Promise<RegisteredParticipant> {
    const found = await this.service.participants.find(toParticipantRef(id));
    if (found === undefined) throw notFound(`participant ${id}`);
    return found;
  }
}

/** The same for a repeated request with a key. */
export function newIdOf(request: EdgeRequest): string {
  return request.idempotencyKey === undefined
    ? newId()
    : derivedId('participant', operationOf(request).id);
}

function movesElsewhere(before: RegisteredParticipant, after: RegisteredParticipant): boolean {
  return before.territory !== after.territory || before.groups.join('|') !== after.groups.join('|');
}
