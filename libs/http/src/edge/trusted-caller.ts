import { ROLES, type Caller, type Role } from '../caller';
import type { Authenticator } from './authenticate';
import { bearerOf, unauthenticated } from './authenticate';
import { secretCheck } from './internal-secret';

/** In which the gateway tells a service who asks: base64url of the caller as JSON. */
export const CALLER_HEADER = 'x-fidelis-caller';

const CALLER_LENGTH_MAX = 4096;
const ID_LENGTH_MAX = 300;

const encoded = new WeakMap<Caller, string>();

/** A gateway holds one object per key, so each is written once. */
export function toCallerHeader(caller: Caller): string {
  let text = encoded.get(caller);
  if (text === undefined) {
    text = Buffer.from(JSON.stringify(caller)).toString('base64url');
    encoded.set(caller, text);
  }
  return text;
}

/** `undefined`: this is no caller. */
export function fromCallerHeader(header: unknown): Caller | undefined {
  if (typeof header !== 'string' || header.length > CALLER_LENGTH_MAX) return undefined;
  try {
    return toCaller(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

/**
 * For a service in a process of its own: it believes the gateway, which proves itself by the
 * installation's secret, and nobody else. Public endpoints (callbacks) need the secret, too.
 */
export function trustingAuthenticator(secret: string): Authenticator {
  const isSecret = secretCheck(secret);
  return {
    authenticate: (token, { headers }) =>
      isSecret(token) ? fromCallerHeader(headers[CALLER_HEADER]) : undefined,
    refusePublic: ({ headers, routeOptions }) => {
      // Supervisors look at health and metrics without a key, here as everywhere.
      if (routeOptions.url?.startsWith('/v1') !== true) return undefined;
      const token = bearerOf(headers.authorization);
      return isSecret(token) ? undefined : unauthenticated(token);
    },
  };
}

function toCaller(value: unknown): Caller | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { keyId, roles, actor, ...owners } = value as Readonly<Record<string, unknown>>;
  if (!isId(keyId) || !isId(actor) || !areRoles(roles)) return undefined;
  const { participantId, vendorId } = owners;
  if (!isIdOrAbsent(participantId) || !isIdOrAbsent(vendorId)) return undefined;
  return {
    keyId,
    roles,
    actor,
    ...(participantId === undefined ? {} : { participantId }),
    ...(vendorId === undefined ? {} : { vendorId }),
  };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= ID_LENGTH_MAX;
}

const isIdOrAbsent = (value: unknown): value is string | undefined =>
  value === undefined || isId(value);

function areRoles(value: unknown): value is readonly Role[] {
  return Array.isArray(value) && value.every((role) => ROLES.includes(role as Role));
}
