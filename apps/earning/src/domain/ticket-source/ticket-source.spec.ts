import { noteTicketSource } from './ticket-source.decide';
import { ticketSourceAggregate } from './ticket-source.state';

describe('a source of tickets', () => {
  const seen = { type: 'TicketSourceSeen', data: { source: 'pos-7' } } as const;

  it('is noted with its first ticket, once', () => {
    const { initial, evolve } = ticketSourceAggregate;
    expect(noteTicketSource('pos-7', initial)).toEqual({ outcome: 'accepted', events: [seen] });
    expect(noteTicketSource('pos-7', evolve(initial, seen))).toMatchObject({ events: [] });
  });
});
