/** Deeper free-form data serves nobody and overflows stacks in what reads it later. */
export const JSON_DEPTH_MAX = 16;

/** JSON that survives a round trip: finite, safe numbers; well-formed texts; not too deep. */
export function isPlainJson(value: unknown): boolean {
  return isPlainWithin(value, JSON_DEPTH_MAX);
}

export function isPlainJsonObject(value: unknown): boolean {
  return isRecord(value) && isPlainJson(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// With the `u` flag a pair is one character, so this finds only halves.
const UNCLEAN = /[\0\p{Surrogate}]/u;

/** Neither NUL, which databases refuse, nor half a surrogate pair, which UTF-8 cannot say. */
export function isCleanText(text: string): boolean {
  return !UNCLEAN.test(text);
}

function isPlainWithin(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return isCleanText(value);
    case 'number':
      return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    case 'boolean':
      return true;
    case 'object':
      return value === null || (depth > 0 && areMembersPlain(value, depth - 1));
    default:
      return false;
  }
}

function areMembersPlain(value: object, depth: number): boolean {
  if (Array.isArray(value)) return value.every((item) => isPlainWithin(item, depth));
  return Object.entries(value).every(
    ([key, member]) => isCleanText(key) && isPlainWithin(member, depth),
  );
}
