import { Controller, Header, Post, Req } from '@nestjs/common';
import {
  callerOf,
  Endpoint,
  lineByLine,
  ndjsonAnswer,
  ndjsonLines,
  parseLine,
  type EdgeRequest,
  type NdjsonLine,
} from '@fidelis/http';
import { newId, OperationalError } from '@fidelis/kernel';
import type { Readable } from 'node:stream';
import { AccountsService } from '../accounts.service';
import { insist } from '../commands/insist';
import { toProfile } from './participants.mapping';
import { RegisterParticipantBody } from './participants.requests';

interface ImportedLine {
  readonly line: number;
  readonly status: 'created' | 'exists' | 'rejected';
  readonly id?: string;
  readonly externalId?: string;
  readonly code?: string;
  readonly detail?: string;
}

/** Between processes a line is a dozen requests: more of them only wait for each other. */
const SIDE_BY_SIDE_MAX = 16;

/** A stream of registrations: lines of one chunk go on together. */
@Controller('v1/participants/import')
export class ParticipantImportController {
  constructor(private readonly service: AccountsService) {}

  @Post()
  @Endpoint({
    summary: 'Register many participants, one JSON object a line',
    roles: ['backoffice', 'pos'],
    idempotency: 'none',
    bodyType: 'application/x-ndjson',
    bodyBytesMax: 'unlimited',
    answerTypes: ['application/x-ndjson'],
  })
  @Header('content-type', 'application/x-ndjson')
  import(@Req() request: EdgeRequest): Readable {
    return ndjsonAnswer(this.answers(request.body, callerOf(request).actor));
  }

  private async *answers(body: unknown, actor: string): AsyncGenerator<readonly ImportedLine[]> {
    const sideBySide = this.service.platform.eventStore.soleWriter ? undefined : SIDE_BY_SIDE_MAX;
    for await (const lines of ndjsonLines(body)) {
      yield await lineByLine(lines, (line) => this.answer(line, actor), sideBySide);
    }
  }

  private async answer(line: NdjsonLine, actor: string): Promise<ImportedLine> {
    const { number } = line;
    if ('problem' in line) return rejectedLine(number, line.problem);
    const parsed = parseLine(RegisterParticipantBody, line.text);
    if (!parsed.ok) return rejectedLine(number, parsed.problem);
    const { id, externalId } = parsed.value;
    const named = {
      ...(id !== undefined && { id }),
      ...(externalId !== undefined && { externalId }),
    };
    if (id?.startsWith('ext:') === true) {
      const message = 'id must not begin with ext:';
      return { ...named, ...rejectedLine(number, { code: 'validation_failed', message }) };
    }
    try {
      return { ...named, ...(await this.register(parsed.value, number, actor)) };
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      const message = 'it is not known whether it is registered: send it again';
      return { ...named, ...rejectedLine(number, { code: 'unavailable', message }) };
    }
  }

  private async register(
    body: RegisterParticipantBody,
    line: number,
    actor: string,
  ): Promise<ImportedLine> {
    const { participants, enrolments } = this.service;
    const now = this.service.now();
    const registration = {
      ...(body.id !== undefined && { id: body.id }),
      ...{ newId: newId(), profile: toProfile(body), now, actor },
    };
    const registered = await insist(() => participants.register(registration));
    if (registered.outcome === 'rejected') {
      const { code, detail: message } = registered.rejection;
      return rejectedLine(line, { code, message });
    }
    const { participant, outcome } = registered;
    await insist(() => enrolments.auto(participant, { revision: 0, now }));
    return { id: participant.participantId, line, status: outcome };
  }
}

function rejectedLine(
  line: number,
  problem: { readonly code: string; readonly message: string },
): ImportedLine {
  return { line, status: 'rejected', code: problem.code, detail: problem.message };
}
