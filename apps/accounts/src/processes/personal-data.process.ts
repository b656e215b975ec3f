import { idOf } from '@fidelis/event-store';
import type { Process } from '@fidelis/processes';
import type { Participants } from '../commands/participants';
import { participant } from '../domain/participant';

/** Keeps of everybody's personal data only what their latest event names, after a crash too. */
export function settlePersonalData(participants: Participants): Process {
  return {
    name: 'settle-personal-data',
    categories: [participant.category],
    react: (stored) => participants.settleProfile(idOf(stored.stream)),
  };
}
