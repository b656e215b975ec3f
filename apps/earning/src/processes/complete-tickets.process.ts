import { ResolveParticipant } from '@fidelis/contracts';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import { OperationalError, type Clock } from '@fidelis/kernel';
import { msLeftOf, type Grace, type Process } from '@fidelis/processes';
import type { ServiceCalls } from '@fidelis/service-calls';
import { isPlain, type TicketCompletion } from '../commands/complete-ticket';
import { operationOf, type ReturnTicket } from '../commands/return-ticket';
import type { TicketsUnderWay } from '../commands/tickets-under-way';
import { transactionAggregate, type Ticket, type TransactionEvent } from '../domain/transaction';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook } from '../rules/rulebook';

export interface CompleteTicketsParts {
  readonly clock: Clock;
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly completion: TicketCompletion;
  readonly returns: ReturnTicket;
  readonly underWay: TicketsUnderWay;
  readonly calls: ServiceCalls;
  /** How long another replica may take to complete what it recorded. Absent: there is no other. */
  readonly graceMs: number | undefined;
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
      const begun = operationBegunBy(stored, event);
      return begun === undefined || parts.underWay.wasCompleted(begun);
    },
    grace: graceOf(parts),
    react: async (stored) => {
      const event = stored as unknown as TransactionEvent;
      if (event.type === 'TransactionRecorded') await completeTicket(parts, event.data);
      if (event.type === 'ReturnRequested') {
        await parts.returns.carryOn(idOf(stored.stream), parts.clock.now());
      }
    },
  };
}

/** What is noted as under way while this process does it; `undefined`: nothing follows the event. */
function operationBegunBy(
  { stream }: RecordedEvent,
  { type, data }: TransactionEvent,
): string | undefined {
  if (type === 'TransactionRecorded') return data.ticket;
  return type === 'ReturnRequested' ? operationOf(idOf(stream), data) : undefined;
}

function graceOf({ clock, streams, graceMs }: CompleteTicketsParts): Grace | undefined {
  if (graceMs === undefined) return undefined;
  return {
    msLeft: (stored) => msLeftOf(stored, { graceMs, now: clock.now() }),
    wasDone: async (stored) => {
      const event = stored as unknown as TransactionEvent;
      if (event.type === 'TransactionRecorded') return wasAwarded(event.data, streams);
      const { state } = await streams.transactions.load(idOf(stored.stream));
      if (state.status === 'unrecorded' || state.pending === undefined) return true;
      return operationBegunBy(stored, event) !== operationOf(idOf(stored.stream), state.pending);
    },
  };
}

/** Of points and offers that pay on it only the steps themselves know whether they were done. */
async function wasAwarded(ticket: Ticket, { memberships }: EarningStreams): Promise<boolean> {
  if (!isPlain(ticket)) return false;
  for (const { accountId } of ticket.memberships) {
    if (!(await memberships.wasDone(accountId, ticket.ticket))) return false;
  }
  return true;
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
