import type { Kysely } from 'kysely';
import type { BulkTable } from '@fidelis/read-model';
import { createTable } from '../journal/journal.table';

/** The last command that each membership declared to its account (an award, a reversal). */
export interface DeclaredAwardsRow {
  readonly account_id: string;
  readonly sequence: number;
}

export interface AwardsTables {
  readonly declared_awards: DeclaredAwardsRow;
}

export const DECLARED_AWARDS: BulkTable<DeclaredAwardsRow> = {
  name: 'declared_awards',
  columns: { account_id: 'text', sequence: 'bigint' },
};

export async function createDeclaredAwards(db: Kysely<AwardsTables>): Promise<void> {
  await createTable(db as unknown as Kysely<never>, DECLARED_AWARDS, ['account_id']);
}
