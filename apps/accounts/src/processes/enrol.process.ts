import type { Clock } from '@fidelis/kernel';
import type { Process } from '@fidelis/processes';
import type { Enrolments } from '../commands/enrolments';
import type { ParticipantEvent } from '../domain/participant';
import { idOf } from '@fidelis/event-store';
import type { PersonalData } from '../personal/personal-data';

export interface EnrolProcessParts {
  readonly enrolments: Enrolments;
  readonly personal: PersonalData;
  readonly clock: Clock;
}

/** Finishes what a crash interrupted after a registration or a revision was recorded. */
export function enrolProcess({ enrolments, personal, clock }: EnrolProcessParts): Process {
  return {
    name: 'participant-enrolment',
    categories: ['participant'],
    react: async (stored) => {
      const { data } = stored as unknown as ParticipantEvent;
      const participantId = idOf(stored.stream);
      await personal.settle(participantId, data.contentHash);
      if (enrolments.wasAnswered(participantId, stored.revision)) return;
      const { groups, territory } = data;
      await enrolments.auto(
        { participantId, groups, ...(territory !== undefined && { territory }) },
        { revision: stored.revision, now: clock.now() },
      );
    },
  };
}
