import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { Entry } from './transaction-log';

export type EventFilter = (entry: Entry) => boolean;

type Expression = ReadReq.Options.FilterOptions.Expression;

/** The server's filters on `$all`: by stream or event type, by prefixes or a regular expression. */
export function toFilter(options: ReadReq.Options): EventFilter {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const byStream = filter.getStreamIdentifier();
  if (byStream !== undefined) {
    const matches = toMatcher(byStream);
    // A stream's name is looked at once, however many events it has.
    const known = new Map<string, boolean>();
    return ({ stream }) => {
      let answer = known.get(stream);
      if (answer === undefined) known.set(stream, (answer = matches(stream)));
      return answer;
    };
  }
  const byType = filter.getEventType();
  if (byType === undefined) return () => true;
  const matches = toMatcher(byType);
  return ({ type }) => matches(type);
}

function toMatcher(expression: Expression): (text: string) => boolean {
  const regex = expression.getRegex();
  if (regex !== '') {
    const compiled = new RegExp(regex, 'u');
    return (text) => compiled.test(text);
  }
  const prefixes = expression.getPrefixList();
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
}
