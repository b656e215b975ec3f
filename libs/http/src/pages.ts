import { Flag, Optional, Text, WholeNumber } from './fields/fields';
import { validationFailed } from './problems/common-problems';

export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;

/** `?limit=50&cursor=…&fresh=true`; lists extend it with their own filters. */
export class PageQuery {
  @Optional() @WholeNumber({ min: 1, max: PAGE_MAX }) readonly limit?: number;
  @Optional() @Text({ max: 500 }) readonly cursor?: string;
  /** Wait until the view has seen everything that was answered before. */
  @Optional() @Flag() readonly fresh?: boolean;
}

export interface Page<Row> {
  readonly data: readonly Row[];
  /** Absent at the end. */
  readonly nextCursor?: string;
}

export const limitOf = (query: PageQuery): number => query.limit ?? PAGE_DEFAULT;

/** Ask the view for `limitOf(query) + 1` rows; the extra one tells that there is more. */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => CursorKey,
): Page<Row> {
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { data: rows };
  return { data: rows.slice(0, limit), nextCursor: toCursor(keyOf(last)) };
}

/** The sort key of the last row of a page. Opaque to clients. */
export type CursorKey = readonly (string | number)[];

export function toCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key in `query.cursor`; 400 when it is none of ours (its shape is as `shape` says). */
export function cursorOf(
  query: PageQuery,
  shape: readonly ('string' | 'number')[],
): CursorKey | undefined {
  if (query.cursor === undefined) return undefined;
  const key = parsed(query.cursor);
  const fits =
    Array.isArray(key) &&
    key.length === shape.length &&
    key.every((part, index) => typeof part === shape[index]);
  if (fits) return key as CursorKey;
  throw validationFailed([
    { pointer: '/cursor', code: 'cursor', detail: 'cursor must come from an earlier page' },
  ]);
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
