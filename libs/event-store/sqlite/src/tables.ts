export type SqlValue = string | number | null;

/** How a row gets into each table: the statement's beginning, and its number of columns. */
export const TABLES = {
  events: { insert: 'INSERT INTO events', columns: 8 },
  markers: { insert: 'INSERT INTO markers', columns: 3 },
  block_categories: { insert: 'INSERT INTO block_categories', columns: 2 },
  streams: { insert: 'INSERT OR REPLACE INTO streams', columns: 3 },
  heads_complete: { insert: 'INSERT OR REPLACE INTO heads_complete', columns: 2 },
  snapshots: { insert: 'INSERT OR REPLACE INTO snapshots', columns: 5 },
  operations: { insert: 'INSERT OR REPLACE INTO operations', columns: 3 },
} as const;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/**
 * Rows on their way to the thread that writes them: of each table the values of all rows, one after
 * the other. A flat list of texts and numbers is what a message carries at the least cost.
 */
export type Rows = Readonly<Record<TableName, SqlValue[]>>;

export function emptyRows(): Rows {
  return {
    ...{ events: [], markers: [], block_categories: [], streams: [] },
    ...{ heads_complete: [], snapshots: [], operations: [] },
  };
}
