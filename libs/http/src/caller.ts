import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';
import type { EdgeRequest } from './edge/edge-request';
import { forbidden } from './problems/common-problems';

export const ROLES = ['admin', 'backoffice', 'pos', 'finance', 'vendor', 'participant'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Caller {
  /** Of the API key or token; part of every operation id. */
  readonly keyId: string;
  readonly roles: readonly Role[];
  /** Set for participant tokens: their bearer sees own data only. */
  readonly participantId?: string;
  /** Set for a vendor's key. */
  readonly vendorId?: string;
  /** For `metadata.actor` and entries: `key:<keyId>` or `participant:<id>`. */
  readonly actor: string;
}

/** Handler parameter: the caller of this request. */
export const CallerOf = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  return callerOf(context.switchToHttp().getRequest<EdgeRequest>());
});

export function callerOf(request: EdgeRequest): Caller {
  const { caller } = request;
  if (caller === undefined) throw forbidden('this path has no caller');
  return caller;
}

/**
 * Refuses a bearer of a participant token that asks for somebody else's data. Endpoints whose path
 * does not name the participant call it as soon as they know whose data it is.
 */
export function requireOwn(caller: Caller, participantId: string): void {
  if (caller.participantId !== undefined && caller.participantId !== participantId) {
    throw forbidden('a participant may see own data only');
  }
}
