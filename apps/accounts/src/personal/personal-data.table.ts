import type { BulkTable } from '@fidelis/read-model';
import type { Kysely } from 'kysely';

/** What a client said about a participant. Not in any event, so that it can be erased. */
export interface PersonalDataRow {
  readonly participant_id: string;
  /** Keyed hash of the content; the participant's stream says which one counts. */
  readonly content_hash: string;
  /** 1: shown in lists. A revision is 0 until its event is recorded. */
  readonly current: number;
  readonly external_id: string | null;
  /** The profile as JSON. */
  readonly profile: string;
  /** Name and e-mail in lower case, for searching. */
  readonly search: string;
  /** `|a|b/c|` */
  readonly group_paths: string;
}

export interface PersonalDataTables {
  readonly personal_data: PersonalDataRow;
}

export const personalDataTable: BulkTable<PersonalDataRow> = {
  name: 'personal_data',
  columns: {
    participant_id: 'text',
    content_hash: 'text',
    current: 'bigint',
    external_id: 'text',
    profile: 'text',
    search: 'text',
    group_paths: 'text',
  },
};

export async function createPersonalDataTable(db: Kysely<PersonalDataTables>): Promise<void> {
  await db.schema
    .createTable('personal_data')
    .ifNotExists()
    .addColumn('participant_id', 'text', (column) => column.notNull())
    .addColumn('content_hash', 'text', (column) => column.notNull())
    .addColumn('current', 'bigint', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('profile', 'text', (column) => column.notNull())
    .addColumn('search', 'text', (column) => column.notNull())
    .addColumn('group_paths', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('personal_data_pk', ['participant_id', 'content_hash'])
    .execute();
  await db.schema
    .createIndex('personal_data_external_id')
    .ifNotExists()
    .on('personal_data')
    .column('external_id')
    .execute();
}
