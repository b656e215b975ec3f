import { Directory } from '@fidelis/aggregates';
import { idOf, type EventStore } from '@fidelis/event-store';
import type { Instant } from '@fidelis/kernel';
import { noteTicketSource, ticketSourceAggregate } from '../domain/ticket-source';
import type { RecordedTransaction } from '../domain/transaction';
import type { EarningStreams } from '../earning.streams';
import { ticketKey } from './ticket';

export type FoundTicket =
  | { readonly found: 'one'; readonly key: string; readonly transaction: RecordedTransaction }
  | { readonly found: 'none' }
  | { readonly found: 'several'; readonly sources: readonly string[] };

type Hit = Extract<FoundTicket, { found: 'one' }>;

/**
 * Finds a ticket by its id alone. Ids are unique per source and sources are few (tills, shops), so
 * each one's stream is looked at: no index over all tickets has to be kept up.
 */
export class TicketSources {
  private readonly known = new Set<string>();
  private readonly directory: Directory<Set<string>>;

  constructor(
    private readonly streams: EarningStreams,
    eventStore: EventStore,
  ) {
    this.directory = new Directory<Set<string>>(eventStore, {
      categories: [ticketSourceAggregate.category],
      initial: new Set(),
      evolve: (sources, event) => sources.add(idOf(event.stream)),
    });
  }

  /** Before a source's first ticket is recorded. */
  note(source: string, now: Instant): Promise<void> | undefined {
    return this.known.has(source) ? undefined : this.noteNew(source, now);
  }

  /** `text`: a transaction id, or `<source>:<transaction id>`, which wins. */
  async find(text: string): Promise<FoundTicket> {
    const named = await this.findNamed(text);
    if (named !== undefined) return named;
    const hits: Hit[] = [];
    for (const source of await this.directory.current()) {
      const hit = await this.load(ticketKey(source, text));
      if (hit !== undefined) hits.push(hit);
    }
    const [hit, ...others] = hits;
    if (hit === undefined) return { found: 'none' };
    if (others.length === 0) return hit;
    return { found: 'several', sources: hits.map(({ transaction }) => transaction.ticket.source) };
  }

  private async findNamed(text: string): Promise<Hit | undefined> {
    const colon = text.indexOf(':');
    if (colon <= 0) return undefined;
    return this.load(ticketKey(text.slice(0, colon), text.slice(colon + 1)));
  }

  private async load(key: string): Promise<Hit | undefined> {
    const { state } = await this.streams.transactions.load(key);
    return state.status === 'unrecorded' ? undefined : { found: 'one', key, transaction: state };
  }

  private async noteNew(source: string, now: Instant): Promise<void> {
    await this.streams.ticketSources.handle({
      id: source,
      operation: { id: source },
      now,
      decide: (state) => noteTicketSource(source, state),
    });
    this.known.add(source);
  }
}
