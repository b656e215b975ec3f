import type { Kysely } from 'kysely';
import { READ_EVENTS_MAX, START, type EventStore, type RecordedEvent } from '@fidelis/event-store';
import { insertRows, isOneOf, lockedRows } from '@fidelis/read-model';
import { checkLink, headAt, type ChainHead } from '@fidelis/verification';
import { withNumbers } from '../projections/journal/journal-rows';
import {
  CHAIN_FAULTS,
  CHAIN_HEADS,
  CHAIN_PROGRESS,
  type ChainFaultRow,
  type ChainTables,
} from './chain.table';

const CATEGORY = 'account';

interface Progress {
  readonly position: number;
  readonly events: number;
}

export interface ChainReport {
  /** Events of accounts that were verified, since the first. */
  readonly events: number;
  /** The first ones that do not fit; found once, told for ever. */
  readonly faults: readonly ChainFaultRow[];
}

/** Verifies the accounts' hash chains, each event once: it goes on where it stopped. */
export class ChainAudit {
  constructor(
    private readonly store: EventStore,
    private readonly db: Kysely<ChainTables>,
  ) {}

  async run(): Promise<ChainReport> {
    let progress = await this.progress();
    for (;;) {
      const events = await this.store.readAll({
        after: progress.position,
        categories: [CATEGORY],
        limit: READ_EVENTS_MAX,
      });
      if (events.length === 0) break;
      progress = await this.verify(events, progress);
    }
    const faults = await this.db.selectFrom('chain_faults').selectAll().limit(5).execute();
    return { events: progress.events, faults: faults.map(withNumbers) };
  }

  private async progress(): Promise<Progress> {
    await insertRows(this.db as unknown as Kysely<never>, CHAIN_PROGRESS, {
      rows: [{ name: CATEGORY, position: START, events: 0 }],
      onConflict: { key: ['name'], then: 'nothing' },
    });
    return this.lockedProgress(this.db);
  }

  /** Within a transaction nobody else goes on from there meanwhile. */
  private async lockedProgress(db: Kysely<ChainTables>): Promise<Progress> {
    const row = db.selectFrom('chain_progress').selectAll().where('name', '=', CATEGORY);
    const query = db.isTransaction ? lockedRows(db, row, 'name') : row;
    const { position, events } = withNumbers(await query.executeTakeFirstOrThrow());
    return { position, events };
  }

  /** Answers how far the store is verified then: another replica may have been first. */
  private async verify(events: readonly RecordedEvent[], from: Progress): Promise<Progress> {
    return this.db.transaction().execute(async (trx) => {
      const actual = await this.lockedProgress(trx);
      const last = events.at(-1);
      if (last === undefined || actual.position !== from.position) return actual;
      const progress = { position: last.position, events: from.events + events.length };
      const bare = trx as unknown as Kysely<never>;
      const heads = await this.headsOf(trx, events);
      const faults = faultsIn(events, heads);
      await insertRows(bare, CHAIN_FAULTS, {
        rows: faults,
        onConflict: { key: ['stream', 'revision'], then: 'nothing' },
      });
      const rows = [...heads].map(([stream, { revision, hash = '' }]) => ({
        ...{ stream, revision, hash },
      }));
      await insertRows(bare, CHAIN_HEADS, {
        rows,
        onConflict: { key: ['stream'], then: 'update', columns: ['revision', 'hash'] },
      });
      await insertRows(bare, CHAIN_PROGRESS, {
        rows: [{ name: CATEGORY, ...progress }],
        onConflict: { key: ['name'], then: 'update', columns: ['position', 'events'] },
      });
      return progress;
    });
  }

  private async headsOf(
    trx: Kysely<ChainTables>,
    events: readonly RecordedEvent[],
  ): Promise<Map<string, ChainHead>> {
    const streams = [...new Set(events.map(({ stream }) => stream))];
    const rows = await trx
      .selectFrom('chain_heads')
      .selectAll()
      .where(isOneOf(trx as unknown as Kysely<never>, 'stream', streams))
      .execute();
    return new Map(rows.map((row) => [row.stream, toHead(withNumbers(row))]));
  }
}

/** Moves the heads on, also behind a fault: what follows it is judged by itself. */
function faultsIn(
  events: readonly RecordedEvent[],
  heads: Map<string, ChainHead>,
): readonly ChainFaultRow[] {
  const faults: ChainFaultRow[] = [];
  for (const event of events) {
    const { stream, revision } = event;
    const fault = checkLink(heads.get(stream), event);
    if (fault !== undefined) faults.push({ stream, revision, detail: fault });
    heads.set(stream, headAt(event));
  }
  return faults;
}

function toHead({ revision, hash }: { revision: number; hash: string }): ChainHead {
  return hash === '' ? { revision } : { revision, hash };
}
