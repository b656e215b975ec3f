import { ResolveParticipant } from '@fidelis/contracts';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import { OperationalError, type Clock } from '@fidelis/kernel';
import type { Process } from '@fidelis/processes';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { TicketCompletion } from '../commands/complete-ticket';
import { operationOf, type ReturnTicket } from '../commands/return-ticket';
import type { TicketsUnderWay } from '../commands/tickets-under-way';
import { transactionAggregate, type Ticket, type TransactionEvent } from '../domain/transaction';
import type { Rulebook } from '../rules/rulebook';

export interface CompleteTicketsParts {
  readonly clock: Clock;
  readonly rulebook: Rulebook;
  readonly completion: TicketCompletion;
  readonly returns: ReturnTicket;
  readonly underWay: TicketsUnderWay;
  readonly calls: ServiceCalls;
}

/**
 * Completes what is recorded and was not completed by whoever recorded it: a ticket without its
 * awards or its capture, a return that nobody drives any more. In normal times it finds nothing.
 */
export function completeTickets(parts: CompleteTicketsParts): Process {
  return {
    name: 'complete-tickets',
    categories: [transactionAggregate.category],
    isDone: (stored) => {
      const event = stored as unknown as TransactionEvent;
      if (event.type === 'TransactionRecorded')
        return parts.underWay.wasCompleted(event.data.ticket);
      return event.type !== 'ReturnRequested';
    },
    react: async (stored) => {
      const event = stored as unknown as TransactionEvent;
      if (event.type === 'TransactionRecorded') await completeTicket(parts, event.data);
      if (event.type === 'ReturnRequested') await carryReturnOn(parts, stored);
    },
  };
}

async function completeTicket(parts: CompleteTicketsParts, ticket: Ticket): Promise<void> {
  const { clock, rulebook, completion, calls } = parts;
  const { participantId } = ticket;
  if (participantId === undefined) return;
  const rules = await rulebook.current();
  const found = await calls.call(ResolveParticipant, { id: participantId });
  const person = { ...(found ?? { groups: [] }), participantId };
  const ended = await completion.resume(ticket, { rules, person, now: clock.now() });
  if (!ended) throw new OperationalError(`${ticket.ticket}: not all steps could be done`);
}

async function carryReturnOn(parts: CompleteTicketsParts, stored: RecordedEvent): Promise<void> {
  const event = stored as unknown as Extract<TransactionEvent, { type: 'ReturnRequested' }>;
  const ticketKey = idOf(stored.stream);
  if (await parts.underWay.wasCompleted(operationOf(ticketKey, event.data))) return;
  await parts.returns.carryOn(ticketKey, parts.clock.now());
}
