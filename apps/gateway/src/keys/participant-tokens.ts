import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Authenticator, Caller } from '@fidelis/http';
import type { Clock, Instant } from '@fidelis/kernel';
import type { Facts } from '../gateway-tables';

const PREFIX = 'pt_';
const SECRET = 'participant-token-secret';

interface Claims {
  /** Our id of the participant. */
  readonly sub: string;
  readonly exp: Instant;
}

/**
 * Short-lived tokens for a participant's own frontend: claims and their HMAC. Nothing is stored;
 * they end by themselves.
 */
export class ParticipantTokens implements Authenticator {
  private constructor(
    private readonly secret: Buffer,
    private readonly clock: Clock,
  ) {}

  static async open(facts: Facts, clock: Clock): Promise<ParticipantTokens> {
    const known = await facts.get(SECRET);
    const secret = known ?? (await facts.setOnce(SECRET, randomBytes(32).toString('base64')));
    return new ParticipantTokens(Buffer.from(secret, 'base64'), clock);
  }

  issue(participantId: string, expiresAt: Instant): string {
    const claims: Claims = { sub: participantId, exp: expiresAt };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${PREFIX}${body}.${this.sign(body).toString('base64url')}`;
  }

  static isOne(token: string): boolean {
    return token.startsWith(PREFIX);
  }

  authenticate(token: string): Caller | undefined {
    if (!ParticipantTokens.isOne(token)) return undefined;
    const [body = '', signature = ''] = token.slice(PREFIX.length).split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const { sub, exp } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
    if (exp <= this.clock.now()) return undefined;
    const actor = `participant:${sub}`;
    return { keyId: actor, roles: ['participant'], participantId: sub, actor };
  }

  private sign(body: string): Buffer {
    return createHmac('sha256', this.secret).update(body).digest();
  }
}
