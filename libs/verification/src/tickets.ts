import { idOf, type RecordedEvent } from '@fidelis/event-store';

/** Where tickets are recorded, and where what each of them earned. */
export const TICKET_CATEGORIES = ['transaction', 'membership'] as const;

/** What one ticket earned in one membership, which is called as its account. */
export interface AwardPlace {
  readonly ticket: string;
  readonly accountId: string;
}

export interface UnawardedTicket extends AwardPlace {
  readonly recorded: RecordedEvent;
}

/** Of earning's stored format, which is added to and never edited. */
interface StoredTicket {
  readonly ticket: string;
  /** None of an anonymous ticket, or of one that no programme counts. */
  readonly memberships: readonly { readonly accountId: string }[];
}

/**
 * Takes events in the order of the store and keeps the tickets that lack an award: every recorded
 * ticket has one in each membership that it names, of 0 points too, and for ever: returns and
 * cancellations come on top. The award follows the ticket, so what is kept is what is under way.
 */
export class UnawardedTickets implements Iterable<UnawardedTicket> {
  /** Recorded ones that it has seen. */
  tickets = 0;
  private readonly waiting = new Map<string, UnawardedTicket>();

  [Symbol.iterator](): Iterator<UnawardedTicket> {
    return this.waiting.values();
  }

  /** Answers the key of an award whose ticket it has not seen. */
  take(event: RecordedEvent): string | undefined {
    if (event.type === 'TransactionRecorded') this.record(event);
    return event.type === 'TicketAwarded' ? this.award(event) : undefined;
  }

  private record(event: RecordedEvent): void {
    const { ticket, memberships } = event.data as unknown as StoredTicket;
    this.tickets += 1;
    for (const { accountId } of memberships) {
      const place = { ticket, accountId };
      this.waiting.set(awardKey(place), { ...place, recorded: event });
    }
  }

  private award({ stream, data }: RecordedEvent): string | undefined {
    const { ticket } = data as unknown as Pick<StoredTicket, 'ticket'>;
    const key = awardKey({ ticket, accountId: idOf(stream) });
    return this.waiting.delete(key) ? undefined : key;
  }
}

/** Tells awards apart: an account's id has no space. */
export function awardKey({ ticket, accountId }: AwardPlace): string {
  return `${accountId} ${ticket}`;
}
