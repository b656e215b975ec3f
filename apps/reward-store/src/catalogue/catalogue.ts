import { Directory } from '@fidelis/aggregates';
import { idOf, type EventStore, type RecordedEvent } from '@fidelis/event-store';
import type { DomainEvent } from '@fidelis/kernel';
import { offerAggregate, type DefinedOffer, type Listing, type OfferEvent } from '../domain/offer';
import { storeAggregate, type OpenedStore, type StoreEvent } from '../domain/store';

interface Entries {
  readonly offers: Map<string, DefinedOffer>;
  readonly stores: Map<string, OpenedStore>;
}

/** Every offer and store in memory, as all answered writes left them. */
export class Catalogue {
  private readonly directory: Directory<Entries>;

  constructor(eventStore: EventStore) {
    this.directory = new Directory<Entries>(eventStore, {
      categories: [offerAggregate.category, storeAggregate.category],
      initial: { offers: new Map(), stores: new Map() },
      evolve,
    });
  }

  async offer(offerId: string): Promise<DefinedOffer | undefined> {
    return (await this.directory.current()).offers.get(offerId);
  }

  async store(storeId: string): Promise<OpenedStore | undefined> {
    return (await this.directory.current()).stores.get(storeId);
  }

  /** By id, so that pages are stable. */
  async offers(): Promise<readonly DefinedOffer[]> {
    const { offers } = await this.directory.current();
    return [...offers.values()].sort((a, b) => compareText(a.offerId, b.offerId));
  }

  async stores(): Promise<readonly OpenedStore[]> {
    const { stores } = await this.directory.current();
    return [...stores.values()].sort((a, b) => compareText(a.storeId, b.storeId));
  }
}

export function listingIn(offer: DefinedOffer, storeId: string): Listing | undefined {
  return offer.listings.find((listing) => listing.storeId === storeId);
}

function evolve(entries: Entries, event: RecordedEvent): Entries {
  const id = idOf(event.stream);
  const { offers, stores } = entries;
  const stored: DomainEvent = event;
  if (event.category === offerAggregate.category) {
    const offer = offers.get(id) ?? offerAggregate.initial;
    const next = offerAggregate.evolve(offer, stored as OfferEvent);
    if (next.status === 'defined') offers.set(id, next);
  } else {
    const store = stores.get(id) ?? storeAggregate.initial;
    const next = storeAggregate.evolve(store, stored as StoreEvent);
    if (next.status === 'opened') stores.set(id, next);
  }
  return entries;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
