import type { Caller, Role } from '../caller';
import type { EndpointConfig } from '../endpoint';
import { commonProblem, forbidden } from '../problems/common-problems';
import type { Problem } from '../problems/problem';
import type { EdgeRequest } from './edge-request';
import { endpointOf } from './edge-request';

export interface Authenticator {
  /** `token` is what follows `Bearer`. Called on every request: keys are held in memory. */
  authenticate(token: string): Caller | undefined;
}

const BEARER = /^bearer +(\S+) *$/i;

/** 401 without a valid key, 403 without a role for the endpoint; before the body is read. */
export function admit(request: EdgeRequest, authenticator: Authenticator): Problem | undefined {
  const endpoint = endpointOf(request);
  if (endpoint === undefined || endpoint.roles === 'public') return undefined;
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  const caller = token === undefined ? undefined : authenticator.authenticate(token);
  if (caller === undefined) return unauthenticated(token);
  request.caller = caller;
  return refusalOf(endpoint, caller, request.params);
}

function unauthenticated(token: string | undefined): Problem {
  const detail = token === undefined ? 'send Authorization: Bearer <key>' : 'this key is not valid';
  return commonProblem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });
}

function refusalOf(endpoint: EndpointConfig, caller: Caller, params: unknown): Problem | undefined {
  const { roles, ownParam } = endpoint;
  if (roles !== 'public' && !mayUse(roles, caller)) {
    return forbidden(`this needs one of the roles ${['admin', ...roles].join(', ')}`);
  }
  if (caller.participantId === undefined || ownParam === undefined) return undefined;
  const asked = (params as Readonly<Record<string, string>>)[ownParam];
  return asked === caller.participantId
    ? undefined
    : forbidden('a participant may see own data only');
}

function mayUse(roles: readonly Role[], caller: Caller): boolean {
  return caller.roles.some((role) => role === 'admin' || roles.includes(role));
}
