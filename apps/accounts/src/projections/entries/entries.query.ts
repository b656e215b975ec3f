import type { Kysely } from 'kysely';
import type { Entry } from '../../domain/account';
import type { EntriesTables } from './entries.table';

export interface EntriesFilter {
  readonly programId?: string | undefined;
  readonly participantId?: string | undefined;
  /** Entries that a ticket caused: its award and its redemption. */
  readonly transactionId?: string | undefined;
  /** Exclusive; the place of the last entry shown. */
  readonly before?: { readonly position: number; readonly index: number } | undefined;
  readonly limit: number;
}

export interface ListedEntry {
  readonly position: number;
  readonly index: number;
  readonly entry: Entry & {
    readonly accountId: string;
    readonly participantId: string;
    readonly programId: string;
  };
}

/** Newest first. */
export async function listEntries(
  db: Kysely<EntriesTables>,
  filter: EntriesFilter,
): Promise<readonly ListedEntry[]> {
  const { programId, participantId, transactionId, before } = filter;
  let query = db.selectFrom('account_entries').selectAll();
  if (programId !== undefined) query = query.where('program_id', '=', programId);
  if (participantId !== undefined) query = query.where('participant_id', '=', participantId);
  if (transactionId !== undefined) query = query.where('source_id', '=', transactionId);
  if (before !== undefined) {
    query = query.where((where) =>
      where.or([
        where('position', '<', before.position),
        where.and([
          where('position', '=', before.position),
          where('entry_index', '<', before.index),
        ]),
      ]),
    );
  }
  const rows = await query
    .orderBy('position', 'desc')
    .orderBy('entry_index', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({
    position: Number(row.position),
    index: Number(row.entry_index),
    entry: {
      ...(JSON.parse(row.entry) as Entry),
      accountId: row.account_id,
      participantId: row.participant_id,
      programId: row.program_id,
    },
  }));
}
