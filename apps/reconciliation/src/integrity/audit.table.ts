import type { Kysely } from 'kysely';
import type { BulkTable } from '@fidelis/read-model';
import { createTable } from '../projections/journal/journal.table';

/** How far each audit has read the store, and how many it counted there of what it looks at. */
export interface AuditProgressRow {
  readonly name: string;
  readonly position: number;
  readonly events: number;
}

/** The last verified event of each account's stream. */
export interface ChainHeadRow {
  readonly stream: string;
  readonly revision: number;
  readonly hash: string;
}

export interface ChainFaultRow {
  readonly stream: string;
  readonly revision: number;
  readonly detail: string;
}

/** A recorded ticket of which this membership has no award yet: gone as soon as it has. */
export interface UnawardedTicketRow {
  /** Of account and ticket together. */
  readonly award: string;
  readonly ticket: string;
  readonly account_id: string;
  /** Where the ticket was recorded. */
  readonly position: number;
}

export interface AuditTables {
  readonly chain_progress: AuditProgressRow;
  readonly chain_heads: ChainHeadRow;
  readonly chain_faults: ChainFaultRow;
  readonly unawarded_tickets: UnawardedTicketRow;
}

/** Named by the first audit that there was. */
export const AUDIT_PROGRESS: BulkTable<AuditProgressRow> = {
  name: 'chain_progress',
  columns: { name: 'text', position: 'bigint', events: 'bigint' },
};

export const CHAIN_HEADS: BulkTable<ChainHeadRow> = {
  name: 'chain_heads',
  columns: { stream: 'text', revision: 'bigint', hash: 'text' },
};

export const CHAIN_FAULTS: BulkTable<ChainFaultRow> = {
  name: 'chain_faults',
  columns: { stream: 'text', revision: 'bigint', detail: 'text' },
};

export const UNAWARDED_TICKETS: BulkTable<UnawardedTicketRow> = {
  name: 'unawarded_tickets',
  columns: { award: 'text', ticket: 'text', account_id: 'text', position: 'bigint' },
};

export async function createAuditTables(db: Kysely<AuditTables>): Promise<void> {
  const bare = db as unknown as Kysely<never>;
  await createTable(bare, AUDIT_PROGRESS, ['name']);
  await createTable(bare, CHAIN_HEADS, ['stream']);
  await createTable(bare, CHAIN_FAULTS, ['stream', 'revision']);
  await createTable(bare, UNAWARDED_TICKETS, ['award']);
}
