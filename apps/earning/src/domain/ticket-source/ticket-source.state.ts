import type { Aggregate } from '@fidelis/kernel';
import type { TicketSourceEvent } from './ticket-source.events';

export type TicketSource = { readonly status: 'unseen' } | { readonly status: 'seen' };

export const ticketSourceAggregate: Aggregate<TicketSource, TicketSourceEvent> = {
  category: 'ticketSource',
  initial: { status: 'unseen' },
  evolve: () => ({ status: 'seen' }),
};
