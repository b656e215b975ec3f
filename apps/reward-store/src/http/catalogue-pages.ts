import { cursorOf, limitOf, toPage, type Page, type PageQuery } from '@fidelis/http';

/** A page of what is in memory, ordered by id. */
export function pageOf<Entry>(
  entries: readonly Entry[],
  query: PageQuery,
  idOf: (entry: Entry) => string,
): Page<Entry> {
  const after = cursorOf(query, ['string'])?.[0];
  const rest =
    after === undefined ? entries : entries.filter((entry) => idOf(entry) > String(after));
  const limit = limitOf(query);
  return toPage(rest.slice(0, limit + 1), limit, (entry) => [idOf(entry)]);
}
