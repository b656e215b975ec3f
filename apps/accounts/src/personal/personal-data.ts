import { insertRows, prepareTables } from '@fidelis/read-model';
import { sql, type Kysely } from 'kysely';
import {
  createPersonalDataTable,
  personalDataTable,
  type PersonalDataRow,
  type PersonalDataTables,
} from './personal-data.table';
import type { Profile } from './profile';

export interface PersonalRecord {
  readonly participantId: string;
  readonly contentHash: string;
  readonly profile: Profile;
}

export interface PersonalFilter {
  readonly q?: string | undefined;
  readonly externalId?: string | undefined;
  readonly group?: string | undefined;
  /** Exclusive. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

interface Waiting {
  readonly row: PersonalDataRow;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Personal data at rest, apart from the events. What is written at once is committed together. */
export class PersonalData {
  private waiting: Waiting[] = [];
  private writing = false;
  private created: Promise<void> | undefined;

  constructor(private readonly db: Kysely<PersonalDataTables>) {}

  /** Resolves when it is on disk. `current`: lists show it from now on. */
  put(record: PersonalRecord, current: boolean): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ row: toRow(record, current), done, failed });
      if (!this.writing) void this.writeAll();
    });
  }

  async find(participantId: string, contentHash: string): Promise<Profile | undefined> {
    await this.ready();
    const row = await this.db
      .selectFrom('personal_data')
      .select('profile')
      .where('participant_id', '=', participantId)
      .where('content_hash', '=', contentHash)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.profile) as Profile);
  }

  /** This content counts; the former ones are deleted, and no other: it may be about to count. */
  async settle(
    participantId: string,
    contentHash: string,
    former: readonly string[],
  ): Promise<void> {
    await this.ready();
    if (await this.isSettled(participantId, contentHash, former)) return;
    await this.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('personal_data')
        .set({ current: 1 })
        .where('participant_id', '=', participantId)
        .where('content_hash', '=', contentHash)
        .execute();
      if (former.length === 0) return;
      await trx
        .deleteFrom('personal_data')
        .where('participant_id', '=', participantId)
        .where('content_hash', 'in', former)
        .execute();
    });
  }

  /** Nearly always so: a look spares a commit, which waits for the disk. */
  private async isSettled(
    participantId: string,
    contentHash: string,
    former: readonly string[],
  ): Promise<boolean> {
    const other = await this.db
      .selectFrom('personal_data')
      .select('content_hash')
      .where('participant_id', '=', participantId)
      .where((where) =>
        where.or([
          where('content_hash', 'in', [...former, '']),
          where.and([where('content_hash', '=', contentHash), where('current', '=', 0)]),
        ]),
      )
      .limit(1)
      .executeTakeFirst();
    return other === undefined;
  }

  /** In the order of participant ids. */
  async list(filter: PersonalFilter): Promise<readonly PersonalRecord[]> {
    await this.ready();
    let query = this.db.selectFrom('personal_data').selectAll().where('current', '=', 1);
    const { q, externalId, group, afterId } = filter;
    if (afterId !== undefined) query = query.where('participant_id', '>', afterId);
    if (externalId !== undefined) query = query.where('external_id', '=', externalId);
    if (q !== undefined) query = query.where(contains('search', q.toLowerCase()));
    if (group !== undefined) {
      query = query.where((where) =>
        where.or([contains('group_paths', `|${group}|`), contains('group_paths', `|${group}/`)]),
      );
    }
    const rows = await query.orderBy('participant_id').limit(filter.limit).execute();
    return rows.map((row) => ({
      participantId: row.participant_id,
      contentHash: row.content_hash,
      profile: JSON.parse(row.profile) as Profile,
    }));
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    // One turn of the event loop: requests that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.ready();
        await insertRows(this.db as unknown as Kysely<never>, personalDataTable, {
          rows: batch.map(({ row }) => row),
          onConflict: { key: ['participant_id', 'content_hash'], then: 'nothing' },
        });
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    // In the same turn as the look above: whoever was just told may put the next one at once.
    this.writing = false;
  }

  private ready(): Promise<void> {
    this.created ??= prepareTables(this.db, createPersonalDataTable).catch((error: unknown) => {
      this.created = undefined;
      throw error;
    });
    return this.created;
  }
}

function contains(column: 'search' | 'group_paths', text: string) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

function toRow(record: PersonalRecord, current: boolean): PersonalDataRow {
  const { profile } = record;
  return {
    participant_id: record.participantId,
    content_hash: record.contentHash,
    current: current ? 1 : 0,
    external_id: profile.externalId ?? null,
    profile: JSON.stringify(profile),
    search: [profile.name, profile.email, profile.externalId].join('\n').toLowerCase(),
    group_paths: `|${profile.groups.join('|')}|`,
  };
}
