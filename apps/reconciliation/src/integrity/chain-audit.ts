import type { Kysely } from 'kysely';
import type { EventStore, RecordedEvent } from '@fidelis/event-store';
import { insertRows, isOneOf } from '@fidelis/read-model';
import { checkLink, headAt, type ChainHead } from '@fidelis/verification';
import { withNumbers } from '../projections/journal/journal-rows';
import { CHAIN_FAULTS, CHAIN_HEADS, type AuditTables, type ChainFaultRow } from './audit.table';
import { StoreAudit } from './store-audit';

const CATEGORY = 'account';

export interface ChainReport {
  /** Events of accounts that were verified, since the first. */
  readonly events: number;
  /** The first ones that do not fit; found once, told for ever. */
  readonly faults: readonly ChainFaultRow[];
}

/** Verifies the accounts' hash chains, each event once. */
export class ChainAudit {
  private readonly audit: StoreAudit;

  constructor(
    store: EventStore,
    private readonly db: Kysely<AuditTables>,
  ) {
    this.audit = new StoreAudit(store, db, {
      name: CATEGORY,
      categories: [CATEGORY],
      take: verify,
    });
  }

  async run(deadline: number): Promise<ChainReport> {
    const events = await this.audit.run(deadline);
    const faults = await this.db.selectFrom('chain_faults').selectAll().limit(5).execute();
    return { events, faults: faults.map(withNumbers) };
  }
}

async function verify(trx: Kysely<AuditTables>, events: readonly RecordedEvent[]): Promise<number> {
  const bare = trx as unknown as Kysely<never>;
  const heads = await headsOf(trx, events);
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
  return events.length;
}

async function headsOf(
  trx: Kysely<AuditTables>,
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
