import type { Kysely } from 'kysely';
import type { EventStore, Position, RecordedEvent } from '@fidelis/event-store';
import { insertRows, isOneOf } from '@fidelis/read-model';
import { awardKey, TICKET_CATEGORIES, UnawardedTickets } from '@fidelis/verification';
import { UNAWARDED_TICKETS, type AuditTables } from './audit.table';
import { StoreAudit } from './store-audit';

/** A membership that has not recorded what a recorded ticket earned there. */
export interface UnawardedTicket {
  readonly ticket: string;
  readonly accountId: string;
}

export interface TicketReport {
  /** Recorded since the first, whoever they are of. */
  readonly tickets: number;
  /** The first ones. */
  readonly unawarded: readonly UnawardedTicket[];
}

/**
 * Finds recorded tickets whose award no membership stream has. Only tickets that wait for an award
 * are rows, so of millions that have theirs nothing is kept.
 */
export class TicketAudit {
  private readonly audit: StoreAudit;

  constructor(
    store: EventStore,
    private readonly db: Kysely<AuditTables>,
  ) {
    this.audit = new StoreAudit(store, db, {
      name: 'ticket',
      categories: TICKET_CATEGORIES,
      take: takeTickets,
    });
  }

  /**
   * Judges tickets up to `settled`, a position that whoever completes tickets has reached: later
   * ones may be on their way.
   */
  async run(
    settled: Position,
    { deadline, listedMax }: { readonly deadline: number; readonly listedMax: number },
  ): Promise<TicketReport> {
    const tickets = await this.audit.run(deadline);
    const rows = await this.db
      .selectFrom('unawarded_tickets')
      .select(['ticket', 'account_id'])
      .where('position', '<=', settled)
      .orderBy('position')
      .orderBy('award')
      .limit(listedMax)
      .execute();
    const unawarded = rows.map(({ ticket, account_id: accountId }) => ({ ticket, accountId }));
    return { tickets, unawarded };
  }
}

async function takeTickets(
  trx: Kysely<AuditTables>,
  events: readonly RecordedEvent[],
): Promise<number> {
  const bare = trx as unknown as Kysely<never>;
  const unawarded = new UnawardedTickets();
  // Of tickets that were recorded before these events.
  const awards: string[] = [];
  for (const event of events) {
    const award = unawarded.take(event);
    if (award !== undefined) awards.push(award);
  }
  if (awards.length > 0) {
    await trx
      .deleteFrom('unawarded_tickets')
      .where(isOneOf(bare, 'award', awards))
      .execute();
  }
  const rows = [...unawarded].map(({ ticket, accountId, recorded }) => ({
    award: awardKey({ ticket, accountId }),
    ticket,
    account_id: accountId,
    position: recorded.position,
  }));
  await insertRows(bare, UNAWARDED_TICKETS, {
    rows,
    onConflict: { key: ['award'], then: 'nothing' },
  });
  return unawarded.tickets;
}
