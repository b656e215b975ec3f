import type { Process } from '@fidelis/processes';
import type { Enrolments } from '../commands/enrol';
import type { EnrolExisting } from '../commands/enrol-existing';
import { enrolmentAggregate, type EnrolmentEvent } from '../domain/enrolment';
import { programAggregate, type ProgramEvent } from '../domain/program';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook } from '../rules/rulebook';

export interface EnrolmentProcessParts {
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly enrolments: Enrolments;
  readonly enrolExisting: EnrolExisting;
}

/** Opens the membership of whoever was enrolled, where the process died before it did. */
export function openMemberships({ streams, rulebook, enrolments }: EnrolmentProcessParts): Process {
  return {
    name: 'open-memberships',
    categories: [enrolmentAggregate.category],
    react: async (stored) => {
      const event = stored as unknown as EnrolmentEvent;
      if (event.type !== 'ParticipantEnrolled') return;
      const { accountId, participantId } = event.data;
      const { state } = await streams.memberships.load(accountId);
      if (state.status === 'open') return;
      await enrolments.open(event.data, participantId, await rulebook.current());
    },
  };
}

/** A programme that enrols whoever is there already, also when its request died. */
export function enrolExistingParticipants({ enrolExisting }: EnrolmentProcessParts): Process {
  return {
    name: 'enrol-existing-participants',
    categories: [programAggregate.category],
    react: async (stored) => {
      const { data } = stored as unknown as ProgramEvent;
      if (data.terms.enrolExisting) await enrolExisting.run(data.programId, data.version);
    },
  };
}
