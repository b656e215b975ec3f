import { Webhook } from 'standardwebhooks';

/** The three headers of Standard Webhooks (https://www.standardwebhooks.com). */
export interface SignatureHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

const PREFIX = 'whsec_';
/** Shorter texts are words that happen to be base 64, not keys. */
const ENCODED_KEY_LENGTH_MIN = 24;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Signs with the machine's own time, not the test clock's: the receiver compares it with its own to
 * refuse what is stale.
 */
export function sign(secret: string, messageId: string, body: string): SignatureHeaders {
  const at = new Date();
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': keysOf(secret)[0].sign(messageId, at, body),
  };
}

/** Is the body signed with the secret, not more than five minutes ago or ahead? */
export function isSigned(
  secret: string,
  headers: Readonly<Record<string, unknown>>,
  body: Buffer,
): boolean {
  const given: Record<string, string> = {};
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
    const value = headers[name];
    if (typeof value !== 'string') return false;
    given[name] = value;
  }
  return keysOf(secret).some((key) => verifies(key, given, body));
}

function verifies(key: Webhook, headers: Record<string, string>, body: Buffer): boolean {
  try {
    key.verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/**
 * A secret is base 64, as Standard Webhooks has it, or any other text, whose bytes are the key. A
 * text that could be either is signed as base 64 and verified as both.
 */
function keysOf(secret: string): readonly [Webhook, ...Webhook[]] {
  const raw = new Webhook(Buffer.from(secret, 'utf8'), { format: 'raw' });
  const encoded = secret.startsWith(PREFIX) || couldBeEncoded(secret);
  const decoded = encoded ? decodedKey(secret) : undefined;
  return decoded === undefined ? [raw] : [decoded, raw];
}

function couldBeEncoded(secret: string): boolean {
  return secret.length >= ENCODED_KEY_LENGTH_MIN && BASE64.test(secret);
}

function decodedKey(secret: string): Webhook | undefined {
  try {
    return new Webhook(secret);
  } catch {
    return undefined;
  }
}
