import {
  cursorOf,
  idInPath,
  limitOf,
  toPage,
  validationFailed,
  type Page,
  type PageQuery,
} from '@fidelis/http';

/** A path's id under which something is created; the body may repeat it. */
export function checkedId(id: string, inBody: string | undefined): string {
  if (inBody === undefined || inBody === id) return idInPath(id);
  const detail = 'id must be the one in the path';
  throw validationFailed([{ pointer: '/id', code: 'id_mismatch', detail }]);
}

/** A page of what is in memory, ordered by id. */
export function pageOf<Entry>(
  entries: readonly Entry[],
  query: PageQuery,
  idOf: (entry: Entry) => string,
): Page<Entry> {
  const after = cursorOf(query, ['string'])?.[0];
  const limit = limitOf(query);
  const rest = entries
    .filter((entry) => after === undefined || idOf(entry) > String(after))
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return toPage(rest.slice(0, limit + 1), limit, (entry) => [idOf(entry)]);
}
