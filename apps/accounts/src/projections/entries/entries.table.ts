import type { BulkTable } from '@fidelis/read-model';
import type { Kysely } from 'kysely';

/** One row per entry of any account. */
export interface EntryRow {
  /** Of the event, in the store's order: newest entries have the highest. */
  readonly position: number | string; // PostgreSQL gives bigint as text
  /** Within the event. */
  readonly entry_index: number | string;
  readonly account_id: string;
  readonly program_id: string;
  readonly participant_id: string;
  readonly source_id: string;
  /** The entry as JSON. */
  readonly entry: string;
}

export interface EntriesTables {
  readonly account_entries: EntryRow;
}

export const entriesTable: BulkTable<EntryRow> = {
  name: 'account_entries',
  columns: {
    position: 'bigint',
    entry_index: 'bigint',
    account_id: 'text',
    program_id: 'text',
    participant_id: 'text',
    source_id: 'text',
    entry: 'text',
  },
};

export async function createEntriesTable(db: Kysely<EntriesTables>): Promise<void> {
  await db.schema
    .createTable('account_entries')
    .ifNotExists()
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('entry_index', 'bigint', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('program_id', 'text', (column) => column.notNull())
    .addColumn('participant_id', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text', (column) => column.notNull())
    .addColumn('entry', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('account_entries_pk', ['position', 'entry_index'])
    .execute();
  for (const column of ['participant_id', 'source_id'] as const) {
    await db.schema
      .createIndex(`account_entries_${column}`)
      .ifNotExists()
      .on('account_entries')
      .columns([column, 'position'])
      .execute();
  }
}
