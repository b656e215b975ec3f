import { hash, randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** All texts of ten bits: an id is put together from few pieces. */
const PAIRS = Array.from({ length: 1024 }, (_, i) => {
  const [high, low] = [ALPHABET[i >> 5] ?? '', ALPHABET[i & 31] ?? ''];
  return high + low;
});
const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;
let lastMs = Number.NaN;
let lastHead = '';

/** A new time-ordered id: 26 characters, Crockford base 32, 48 bits of time and 80 random bits. */
export function newId(): string {
  if (used + 10 > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const ms = Date.now();
  if (ms !== lastMs) {
    lastMs = ms;
    lastHead = headOf(ms);
  }
  const id = lastHead + fortyBits(used) + fortyBits(used + 5);
  used += 10;
  return id;
}

function headOf(ms: number): string {
  let time = ms;
  let head = '';
  for (let i = 0; i < 10; i += 1) {
    head = (ALPHABET[time % 32] ?? '') + head;
    time = Math.floor(time / 32);
  }
  return head;
}

/** Five bytes of the pool as eight characters. */
function fortyBits(at: number): string {
  const high = pool.readUInt16BE(at);
  const middle = pool.readUInt16BE(at + 2);
  const low = pool.readUInt8(at + 4);
  return (
    (PAIRS[high >> 6] ?? '') +
    (PAIRS[((high & 63) << 4) | (middle >> 12)] ?? '') +
    (PAIRS[(middle >> 2) & 1023] ?? '') +
    (PAIRS[((middle & 3) << 8) | low] ?? '')
  );
}

/** The same id for the same parts, always: 26 characters (130 bits of SHA-256). */
export function derivedId(...parts: readonly string[]): string {
  return base32(hash('sha256', parts.join('\u0000'), 'buffer')).slice(0, 26);
}

/** What makes an event id: repeated by a retry, met again by nothing else. */
export interface EventOrigin {
  readonly stream: string;
  readonly operationId: string;
  /** When the command came: the same operation sent again is another attempt, not a retry. */
  readonly now: string;
  /** Of the events that the operation adds. */
  readonly index: number;
}

/** The id of an event (a UUID, version 8): the same attempt always gives the same one. */
export function eventIdOf({ stream, operationId, now, index }: EventOrigin): string {
  const text = `${stream}\u0000${operationId}\u0000${now}\u0000${index}`;
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A short content hash (128 bits, hex) that tells whether two commands say the same. */
export function fingerprintOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31] ?? '';
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) text += ALPHABET[(value << (5 - bits)) & 31] ?? '';
  return text;
}
