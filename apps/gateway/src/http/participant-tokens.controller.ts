import { Body, Controller, Param, Post } from '@nestjs/common';
import { ResolveParticipant } from '@fidelis/contracts';
import { Endpoint, notFound, toParticipantRef, WholeNumber, Optional } from '@fidelis/http';
import { addMs } from '@fidelis/kernel';
import { Platform } from '@fidelis/service';
import { ParticipantTokens } from '../keys/participant-tokens';
import { TokenView } from './api-keys.requests';

const TTL_SECONDS_DEFAULT = 900;
const TTL_SECONDS_MAX = 24 * 3600;

class TokenRequest {
  /** How long the token counts; default 900. */
  @Optional() @WholeNumber({ min: 1, max: TTL_SECONDS_MAX }) readonly ttlSeconds?: number;
}

@Controller('v1/participants')
export class ParticipantTokensController {
  constructor(
    private readonly tokens: ParticipantTokens,
    private readonly platform: Platform,
  ) {}

  @Post(':participantId/tokens')
  @Endpoint({
    summary: "Issue a short-lived token for a participant's frontend",
    roles: ['backoffice'],
    idempotency: 'none',
    status: 201,
    body: TokenRequest,
    answer: TokenView,
    problems: { not_found: 404 },
  })
  async issue(
    @Param('participantId') reference: string,
    @Body() body: TokenRequest,
  ): Promise<TokenView> {
    const { calls, clock } = this.platform;
    const participant = await calls.call(ResolveParticipant, toParticipantRef(reference));
    if (participant === null) throw notFound(`participant ${reference}`);
    const seconds = body.ttlSeconds ?? TTL_SECONDS_DEFAULT;
    const expiresAt = addMs(clock.now(), seconds * 1000);
    return { token: this.tokens.issue(participant.participantId, expiresAt), expiresAt };
  }
}
