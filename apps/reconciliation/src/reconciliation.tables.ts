import type { AwardsTables } from './projections/awards/awards.table';
import type { JournalTables } from './projections/journal/journal.table';
import type { AuditTables } from './integrity/audit.table';

/** The service's own database. All of it can be built again from the topics and the store. */
export type ReconciliationTables = JournalTables & AwardsTables & AuditTables;
