import { idOf } from '@fidelis/event-store';
import type { Process } from '@fidelis/processes';
import { participant, type ParticipantEvent } from '../domain/participant';
import type { PersonalData } from '../personal/personal-data';

/** Keeps of everybody's personal data only what their latest event names, after a crash too. */
export function settlePersonalData(personal: PersonalData): Process {
  return {
    name: 'settle-personal-data',
    categories: [participant.category],
    react: async (stored) => {
      const { contentHash } = (stored as unknown as ParticipantEvent).data;
      await personal.settle(idOf(stored.stream), contentHash);
    },
  };
}
