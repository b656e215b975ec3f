/**
 * PostgreSQL's texts hold neither NUL nor halves of surrogate pairs, which events may. A view shows
 * the replacement character instead; the event keeps what was sent.
 */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replaceAll(/\p{Cs}/gu, '\uFFFD');
}
