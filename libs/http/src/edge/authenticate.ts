import type { Caller, Role } from '../caller';
import type { EndpointConfig } from '../endpoint';
import { commonProblem, forbidden } from '../problems/common-problems';
import type { Problem } from '../problems/problem';
import type { EdgeRequest } from './edge-request';
import { endpointOf } from './edge-request';

export interface Authenticator {
  /** `token` is what follows `Bearer`. Called on every request: keys are held in memory. */
  authenticate(token: string, request: EdgeRequest): Caller | undefined;
  /**
   * Asked about a token that `authenticate` does not know, where another process may have made the
   * key a moment ago.
   */
  lookUp?(token: string): Promise<Caller | undefined>;
  /** What stands at endpoints for everybody, behind a gateway: why this request may not pass. */
  refusePublic?(request: EdgeRequest): Problem | undefined;
}

export type Admission = Problem | undefined;

const BEARER = /^bearer +(\S+) *$/i;

/** 401 without a valid key, 403 without a role for the endpoint; before the body is read. */
export function admit(
  request: EdgeRequest,
  authenticator: Authenticator,
): Admission | Promise<Admission> {
  const endpoint = endpointOf(request);
  if (endpoint === undefined) return undefined;
  if (endpoint.roles === 'public') return authenticator.refusePublic?.(request);
  const token = bearerOf(request.headers.authorization);
  const caller = token === undefined ? undefined : authenticator.authenticate(token, request);
  if (caller !== undefined) return admitCaller(request, endpoint, caller);
  if (token === undefined || authenticator.lookUp === undefined) return unauthenticated(token);
  return authenticator
    .lookUp(token)
    .then((found) =>
      found === undefined ? unauthenticated(token) : admitCaller(request, endpoint, found),
    );
}

export function bearerOf(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}

export function unauthenticated(token: string | undefined): Problem {
  const detail = token === undefined ? 'send Authorization: Bearer <key>' : 'this key is not valid';
  return commonProblem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });
}

function admitCaller(request: EdgeRequest, endpoint: EndpointConfig, caller: Caller): Admission {
  request.caller = caller;
  return refusalOf(endpoint, caller, request.params);
}

function refusalOf(endpoint: EndpointConfig, caller: Caller, params: unknown): Admission {
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
