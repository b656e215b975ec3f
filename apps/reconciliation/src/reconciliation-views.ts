import type { Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { waitForHead } from '@fidelis/messaging';
import type { Platform } from '@fidelis/service';
import { createChainTables, type ChainTables } from './integrity/chain.table';
import {
  createDeclaredAwards,
  DECLARED_AWARDS,
  type AwardsTables,
} from './projections/awards/awards.table';
import {
  createJournal,
  JOURNAL_TABLE_NAMES,
  type JournalTables,
} from './projections/journal/journal.table';
import type { ReconciliationTables } from './reconciliation.tables';

export const JOURNAL_GROUP = 'reconciliation.journal';
export const AWARDS_GROUP = 'reconciliation.declared-awards';

/** The views that are made of messages: who feeds them, what they own. */
export const messageViews = [
  { name: 'journal', group: JOURNAL_GROUP, tables: JOURNAL_TABLE_NAMES },
  { name: 'declared-awards', group: AWARDS_GROUP, tables: [DECLARED_AWARDS.name] },
] as const;

/** As long as lists wait for their view. */
const FRESH_MS_MAX = 5000;

/** The service's database; its tables are there before anybody gets it. */
export class ReconciliationViews {
  private created: Promise<void> | undefined;

  constructor(private readonly platform: Platform) {}

  async db(): Promise<Kysely<ReconciliationTables>> {
    const db = this.platform.readModel<ReconciliationTables>('reconciliation');
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

  async chains(): Promise<Kysely<ChainTables>> {
    return partOf<ChainTables>(await this.db());
  }

  /** Waits until the journal shows every answered write. Throws `OperationalError` after 5 s. */
  async fresh(): Promise<void> {
    const { bus } = this.platform;
    const groups = [JOURNAL_GROUP, AWARDS_GROUP].filter((group) => bus.groups.includes(group));
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
  await createJournal(partOf(db));
  await createDeclaredAwards(partOf(db));
  await createChainTables(partOf(db));
}

/** Kysely's types are invariant: the same database, seen as one view's tables. */
function partOf<Tables>(db: Kysely<ReconciliationTables>): Kysely<Tables> {
  return db as unknown as Kysely<Tables>;
}
