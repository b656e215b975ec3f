import type { Kysely } from 'kysely';
import { READ_EVENTS_MAX, START, type EventStore, type RecordedEvent } from '@fidelis/event-store';
import { insertRows, isOneOf } from '@fidelis/read-model';
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
      const last = events.at(-1);
      if (last === undefined) break;
      progress = { position: last.position, events: progress.events + events.length };
      await this.verify(events, progress);
    }
    const faults = await this.db.selectFrom('chain_faults').selectAll().limit(5).execute();
    return { events: progress.events, faults: faults.map(withNumbers) };
  }

  private async progress(): Promise<{ position: number; events: number }> {
    const row = await this.db.selectFrom('chain_progress').selectAll().executeTakeFirst();
    if (row === undefined) return { position: START, events: 0 };
    const { position, events } = withNumbers(row);
    return { position, events };
  }

  private async verify(
    events: readonly RecordedEvent[],
    progress: { readonly position: number; readonly events: number },
  ): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
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
