import { assertInvariant } from '@fidelis/kernel';

/** `<category>-<id>`. The id may contain `-`; the category may not. */
export function streamName(category: string, id: string): string {
  return `${category}-${id}`;
}

export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  assertInvariant(dash > 0, `stream ${stream} has no category`);
  return stream.slice(0, dash);
}

export function idOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}
