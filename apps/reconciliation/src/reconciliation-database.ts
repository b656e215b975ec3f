import type { Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { waitForHead } from '@fidelis/messaging';
import { prepareTables } from '@fidelis/read-model';
import type { Platform } from '@fidelis/service';
import { createAuditTables, type AuditTables } from './integrity/audit.table';
import type { AwardsTables } from './projections/awards/awards.table';
import type { JournalTables } from './projections/journal/journal.table';
import { messageViews } from './reconciliation.views';
import type { ReconciliationTables } from './reconciliation.tables';

/** As long as lists wait for their view. */
const FRESH_MS_MAX = 5000;

/** The service's database; its tables are there before anybody gets it. */
export class ReconciliationDatabase {
  private created: Promise<void> | undefined;
  private auditsCreated: Promise<void> | undefined;

  constructor(private readonly platform: Platform) {}

  async db(): Promise<Kysely<ReconciliationTables>> {
    const db = this.platform.readModel<ReconciliationTables>('reconciliation');
    // Who feeds the views makes their tables, before there are any questions.
    if (this.platform.viewHost !== undefined) return db;
    this.created ??= createTables(db).catch((error: unknown) => {
      this.created = undefined;
      throw error;
    });
    await this.created;
    return db;
  }

  async journal(): Promise<Kysely<JournalTables>> {
    return partOf<JournalTables>(await this.db());
  }

  async awards(): Promise<Kysely<AwardsTables>> {
    return partOf<AwardsTables>(await this.db());
  }

  /** Written by this service's own audits, not by the feed. */
  async audits(): Promise<Kysely<AuditTables>> {
    const { platform } = this;
    const db =
      platform.workModel?.<AuditTables>('reconciliation') ??
      platform.readModel<AuditTables>('reconciliation');
    this.auditsCreated ??= prepareTables(db, createAuditTables).catch((error: unknown) => {
      this.auditsCreated = undefined;
      throw error;
    });
    await this.auditsCreated;
    return db;
  }

  /** Waits until the journal shows every answered write. Throws `OperationalError` after 5 s. */
  async fresh(): Promise<void> {
    const { bus } = this.platform;
    const groups = messageViews
      .map(({ group }) => group)
      .filter((group) => bus.groups.includes(group));
    await waitForHead(bus, { groups, timeoutMs: FRESH_MS_MAX });
  }

  /** The same, where an answer that is late is better than none. */
  async almostFresh(): Promise<void> {
    try {
      await this.fresh();
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
    }
  }
}

async function createTables(db: Kysely<ReconciliationTables>): Promise<void> {
  for (const view of messageViews) await prepareTables(partOf<never>(db), view.create);
}

/** Kysely's types are invariant: the same database, seen as one view's tables. */
function partOf<Tables>(db: Kysely<ReconciliationTables>): Kysely<Tables> {
  return db as unknown as Kysely<Tables>;
}
