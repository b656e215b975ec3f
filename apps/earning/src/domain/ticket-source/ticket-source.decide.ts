import { accepted, type Decision } from '@fidelis/kernel';
import type { TicketSourceSeen } from './ticket-source.events';
import type { TicketSource } from './ticket-source.state';

/** Once per source: tickets are found by their id alone over the few sources there are. */
export function noteTicketSource(source: string, state: TicketSource): Decision<TicketSourceSeen> {
  if (state.status === 'seen') return accepted();
  return accepted({ type: 'TicketSourceSeen', data: { source } });
}
