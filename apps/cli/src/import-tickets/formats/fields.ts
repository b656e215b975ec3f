import { parse } from 'csv-parse/sync';

/**
 * The fields of one line; `undefined` when its quotes do not match. Nearly all lines have no quote,
 * and splitting those is ten times faster than a parser.
 */
export function fieldsOf(line: string, delimiter: ',' | ';'): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    return parse(line, { delimiter })[0];
  } catch {
    return undefined;
  }
}

/** Throws nothing; says whether the header names exactly these columns. */
export function isHeader(line: string, columns: readonly string[], delimiter: ',' | ';'): boolean {
  const fields = fieldsOf(line, delimiter) ?? [];
  return (
    fields.length === columns.length &&
    columns.every((column, index) => fields[index]?.trim().toLowerCase() === column.toLowerCase())
  );
}
