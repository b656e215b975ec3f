import { isCleanText } from '../fields/plain-json';
import { commonProblem } from '../problems/common-problems';

/**
 * Throws a 400 `malformed`. Refuses NUL and half surrogate pairs, which only an escape can bring
 * in, and `__proto__`; looking for a backslash-u costs next to nothing, the walk comes only then.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw commonProblem('malformed', `the body is not JSON: ${printable(reason)}`);
  }
  if ((text.includes('\\u') || text.includes('__proto__')) && !isHarmless(value)) {
    const detail = 'texts must not hold NUL or half a surrogate pair, nor a key be __proto__';
    throw commonProblem('malformed', detail);
  }
  return value;
}

// With a list instead of recursion: the nesting is the client's.
function isHarmless(root: unknown): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && !isCleanText(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (key === '__proto__' || !isCleanText(key)) return false;
      open.push(member);
    }
  }
  return true;
}

// V8 quotes a piece of the text; it may hold anything.
function printable(reason: string): string {
  return reason.slice(0, 160).replace(/[^\x20-\x7e]/g, '?');
}
