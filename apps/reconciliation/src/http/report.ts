import { answered, type Answered, type EdgeRequest } from '@fidelis/http';
import { fingerprintOf } from '@fidelis/kernel';

export const REPORT_TYPES = ['application/json', 'text/csv'] as const;

type Cell = string | number | boolean | null | undefined;

/** A report as JSON and as a table. */
export interface Report<Body> {
  readonly body: Body;
  /** Objects of cells; the first one's fields are the columns. */
  readonly table: readonly object[];
  /** Of a report in pages: a table has no field that could say that there is more. */
  readonly nextCursor?: string | undefined;
}

/** JSON, or CSV where the client prefers it; the content's hash is its `ETag`. */
export function reportAnswer<Body extends object>(
  request: EdgeRequest,
  { body, table, nextCursor }: Report<Body>,
): Answered<Body | string> {
  const link = nextCursor === undefined ? {} : { link: nextLink(request.url, nextCursor) };
  if (!prefersCsv(request.headers.accept)) {
    return answered(200, body, { etag: etagOf(JSON.stringify(body)), ...link });
  }
  const csv = toCsv(table);
  const type = { 'content-type': 'text/csv; charset=utf-8' };
  return answered(200, csv, { ...type, etag: etagOf(csv), ...link });
}

/** RFC 8288: the same question from the next page on, as a path of the same server. */
function nextLink(url: string, cursor: string): string {
  const [path = '', query] = url.split('?', 2);
  const next = new URLSearchParams(query);
  next.set('cursor', cursor);
  return `<${path}?${next.toString()}>; rel="next"`;
}

/** RFC 4180: a header line, CRLF, quotes where they are needed. */
export function toCsv(table: Report<unknown>['table']): string {
  const columns = Object.keys(table[0] ?? {});
  const lines = table.map((row) => {
    const cells = new Map<string, Cell>(Object.entries(row));
    return columns.map((column) => toCell(cells.get(column))).join(',');
  });
  return [columns.map(toCell).join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function toCell(value: Cell): string {
  const text = value == null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function prefersCsv(accept: string | undefined): boolean {
  const csv = accept?.indexOf('text/csv') ?? -1;
  const json = accept?.indexOf('application/json') ?? -1;
  return csv >= 0 && (json < 0 || csv < json);
}

const etagOf = (content: string): string => `"${fingerprintOf(content)}"`;
