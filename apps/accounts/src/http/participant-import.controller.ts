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
import { newId } from '@fidelis/kernel';
import type { Readable } from 'node:stream';
import { AccountsService } from '../accounts.service';
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
    for await (const lines of ndjsonLines(body)) {
      yield await lineByLine(lines, (line) => this.register(line, actor));
    }
  }

  private async register(line: NdjsonLine, actor: string): Promise<ImportedLine> {
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
    const now = this.service.now();
    const profile = toProfile(parsed.value);
    const registered = await this.service.participants.register({
      ...(id !== undefined && { id }),
      ...{ newId: newId(), profile, now, actor },
    });
    if (registered.outcome === 'rejected') {
      const { code, detail: message } = registered.rejection;
      return { ...named, ...rejectedLine(number, { code, message }) };
    }
    const { participant, outcome } = registered;
    await this.service.enrolments.auto(participant, { revision: 0, now });
    return { ...named, id: participant.participantId, line: number, status: outcome };
  }
}

function rejectedLine(
  line: number,
  problem: { readonly code: string; readonly message: string },
): ImportedLine {
  return { line, status: 'rejected', code: problem.code, detail: problem.message };
}
