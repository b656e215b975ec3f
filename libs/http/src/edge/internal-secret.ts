import { timingSafeEqual } from 'node:crypto';
import { fingerprintOf } from '@fidelis/kernel';
import { bearerOf } from './authenticate';

/** Is this the installation's secret? The time of the answer tells nothing. */
export function secretCheck(secret: string): (token: string | undefined) => boolean {
  const expected = digestOf(secret);
  return (token) => timingSafeEqual(digestOf(token ?? ''), expected);
}

/** For doors between the processes of one installation: looks at `Authorization: Bearer …`. */
export function internalDoor(
  secret: string,
): (headers: { readonly authorization?: string | undefined }) => boolean {
  const isSecret = secretCheck(secret);
  return ({ authorization }) => isSecret(bearerOf(authorization));
}

// Digests have one length, whatever was given.
function digestOf(text: string): Buffer {
  return Buffer.from(fingerprintOf(text));
}
