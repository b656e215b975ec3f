import type { Kysely } from 'kysely';
import type { BulkTable } from '@fidelis/read-model';
import { createTable } from '../projections/journal/journal.table';

/** The last verified event of each account's stream. */
export interface ChainHeadRow {
  readonly stream: string;
  readonly revision: number;
  readonly hash: string;
}

/** How far the store was verified: one row. */
export interface ChainProgressRow {
  readonly name: string;
  readonly position: number;
  readonly events: number;
}

export interface ChainFaultRow {
  readonly stream: string;
  readonly revision: number;
  readonly detail: string;
}

export interface ChainTables {
  readonly chain_heads: ChainHeadRow;
  readonly chain_progress: ChainProgressRow;
  readonly chain_faults: ChainFaultRow;
}

export const CHAIN_HEADS: BulkTable<ChainHeadRow> = {
  name: 'chain_heads',
  columns: { stream: 'text', revision: 'bigint', hash: 'text' },
};

export const CHAIN_PROGRESS: BulkTable<ChainProgressRow> = {
  name: 'chain_progress',
  columns: { name: 'text', position: 'bigint', events: 'bigint' },
};

export const CHAIN_FAULTS: BulkTable<ChainFaultRow> = {
  name: 'chain_faults',
  columns: { stream: 'text', revision: 'bigint', detail: 'text' },
};

export async function createChainTables(db: Kysely<ChainTables>): Promise<void> {
  const bare = db as unknown as Kysely<never>;
  await createTable(bare, CHAIN_HEADS, ['stream']);
  await createTable(bare, CHAIN_PROGRESS, ['name']);
  await createTable(bare, CHAIN_FAULTS, ['stream', 'revision']);
}
