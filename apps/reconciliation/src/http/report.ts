import { answered, type Answered, type EdgeRequest } from '@fidelis/http';
import { fingerprintOf } from '@fidelis/kernel';

export const REPORT_TYPES = ['application/json', 'text/csv'] as const;

type Cell = string | number | boolean | null | undefined;

/** A report as JSON and as a table. */
export interface Report<Body> {
  readonly body: Body;
  /** Objects of cells; the first one's fields are the columns. */
  readonly table: readonly object[];
}

/** JSON, or CSV where the client prefers it; the content's hash is its `ETag`. */
export function reportAnswer<Body extends object>(
  request: EdgeRequest,
  { body, table }: Report<Body>,
): Answered<Body | string> {
  if (!prefersCsv(request.headers.accept)) {
    return answered(200, body, { etag: etagOf(JSON.stringify(body)) });
  }
  const csv = toCsv(table);
  return answered(200, csv, { 'content-type': 'text/csv; charset=utf-8', etag: etagOf(csv) });
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
