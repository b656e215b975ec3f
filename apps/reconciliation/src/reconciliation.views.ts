import type { Kysely } from 'kysely';
import type { ReceivedMessage } from '@fidelis/messaging';
import type { MessageView, ServiceViews } from '@fidelis/service/views';
import { recordDeclaredAwards, type Declaration } from './projections/awards/awards.projection';
import {
  createDeclaredAwards,
  DECLARED_AWARDS,
  type AwardsTables,
} from './projections/awards/awards.table';
import { recordInJournal } from './projections/journal/journal.projection';
import {
  createJournal,
  JOURNAL_TABLE_NAMES,
  type JournalTables,
} from './projections/journal/journal.table';
import {
  AWARDS_CONTRACTS,
  AWARDS_GROUP,
  JOURNAL_CONTRACTS,
  JOURNAL_GROUP,
  reconciliationFlow,
} from './reconciliation.flow';

const journal: MessageView = {
  name: 'journal',
  group: JOURNAL_GROUP,
  contracts: JOURNAL_CONTRACTS,
  tables: JOURNAL_TABLE_NAMES,
  create: (db) => createJournal(partOf<JournalTables>(db)),
  record: (db, messages) => recordInJournal(partOf<JournalTables>(db), messages),
};

const declaredAwards: MessageView = {
  name: 'declared-awards',
  group: AWARDS_GROUP,
  contracts: AWARDS_CONTRACTS,
  tables: [DECLARED_AWARDS.name],
  create: (db) => createDeclaredAwards(partOf<AwardsTables>(db)),
  record: (db, messages) =>
    recordDeclaredAwards(
      partOf<AwardsTables>(db),
      messages as readonly ReceivedMessage<Declaration>[],
    ),
};

export const messageViews: readonly MessageView[] = [journal, declaredAwards];

export const reconciliationViews: ServiceViews = {
  flow: reconciliationFlow,
  projections: [],
  schedules: [],
  messageViews,
};

/** Kysely's types are invariant: the same database, seen as one view's tables. */
function partOf<Tables>(db: Kysely<never>): Kysely<Tables> {
  return db as unknown as Kysely<Tables>;
}
