import type { Kysely } from 'kysely';
import { READ_EVENTS_MAX, START, type EventStore, type RecordedEvent } from '@fidelis/event-store';
import { OperationalError } from '@fidelis/kernel';
import { insertRows, lockedRows } from '@fidelis/read-model';
import { withNumbers } from '../projections/journal/journal-rows';
import { AUDIT_PROGRESS, type AuditProgressRow, type AuditTables } from './audit.table';

/** What is looked at in the events of some categories. */
export interface Audit {
  /** Of its checkpoint. */
  readonly name: string;
  readonly categories: readonly string[];
  /**
   * Takes in the next events, in the transaction that moves the checkpoint. Answers how many it
   * counts of what it looks at.
   */
  readonly take: (trx: Kysely<AuditTables>, events: readonly RecordedEvent[]) => Promise<number>;
}

type Progress = Omit<AuditProgressRow, 'name'>;

/** Reads the store when it is asked, each event once: it goes on where it stopped. */
export class StoreAudit {
  constructor(
    private readonly store: EventStore,
    private readonly db: Kysely<AuditTables>,
    private readonly audit: Audit,
  ) {}

  /**
   * As far as the store's head is now. Answers what was counted since the first event. Throws
   * `OperationalError` behind the deadline (of `performance.now()`); what was read is kept.
   */
  async run(deadline: number): Promise<number> {
    const { categories } = this.audit;
    const head = await this.store.headOf();
    let progress = await this.progress();
    while (progress.position < head) {
      if (performance.now() > deadline) {
        throw new OperationalError(`the ${this.audit.name} audit goes on when it is asked again`);
      }
      const after = progress.position;
      const events = await this.store.readAll({ after, categories, limit: READ_EVENTS_MAX });
      if (events.length === 0) break;
      progress = await this.take(events, progress);
    }
    return progress.events;
  }

  private async progress(): Promise<Progress> {
    await insertRows(this.db as unknown as Kysely<never>, AUDIT_PROGRESS, {
      rows: [{ name: this.audit.name, position: START, events: 0 }],
      onConflict: { key: ['name'], then: 'nothing' },
    });
    return this.lockedProgress(this.db);
  }

  /** Within a transaction nobody else goes on from there meanwhile. */
  private async lockedProgress(db: Kysely<AuditTables>): Promise<Progress> {
    const row = db.selectFrom('chain_progress').selectAll().where('name', '=', this.audit.name);
    const query = db.isTransaction ? lockedRows(db, row, 'name') : row;
    const { position, events } = withNumbers(await query.executeTakeFirstOrThrow());
    return { position, events };
  }

  /** Answers how far the store was read then: another replica may have been first. */
  private async take(events: readonly RecordedEvent[], from: Progress): Promise<Progress> {
    return this.db.transaction().execute(async (trx) => {
      const actual = await this.lockedProgress(trx);
      const last = events.at(-1);
      if (last === undefined || actual.position !== from.position) return actual;
      const counted = await this.audit.take(trx, events);
      const progress = { position: last.position, events: from.events + counted };
      await insertRows(trx as unknown as Kysely<never>, AUDIT_PROGRESS, {
        rows: [{ name: this.audit.name, ...progress }],
        onConflict: { key: ['name'], then: 'update', columns: ['position', 'events'] },
      });
      return progress;
    });
  }
}
