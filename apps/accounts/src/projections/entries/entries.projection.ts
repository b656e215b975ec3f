import type { RecordedEvent } from '@fidelis/event-store';
import type { Projection } from '@fidelis/projections';
import { insertRows } from '@fidelis/read-model';
import type { Kysely } from 'kysely';
import { entriesOf } from '../../domain/account';
import { toRecordedAccountEvent } from '../../queries/recorded-account-event';
import {
  createEntriesTable,
  entriesTable,
  type EntriesTables,
  type EntryRow,
} from './entries.table';

/** The statements of all accounts in one list. */
export const entriesProjection: Projection<EntriesTables> = {
  name: 'entries',
  categories: ['account'],
  tables: ['account_entries'],
  create: createEntriesTable,
  apply: async (trx, events) => {
    await insertRows(trx as unknown as Kysely<never>, entriesTable, {
      rows: events.flatMap(rowsOf),
    });
  },
};

function rowsOf(event: RecordedEvent): readonly EntryRow[] {
  const recorded = toRecordedAccountEvent(event);
  const { participantId, programId } = recorded.event.data.after;
  return entriesOf(recorded).map((entry, index) => ({
    position: event.position,
    entry_index: index,
    account_id: recorded.accountId,
    program_id: programId,
    participant_id: participantId,
    source_id: entry.source.id,
    entry: JSON.stringify(entry),
  }));
}
