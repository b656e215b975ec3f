import { idOf } from '@fidelis/event-store';
import type { Clock } from '@fidelis/kernel';
import { msLeftOf, type Grace, type Process } from '@fidelis/processes';
import type { Enrolments } from '../commands/enrolments';
import { participant, type ParticipantEvent } from '../domain/participant';

export interface EnrolProcessParts {
  readonly enrolments: Enrolments;
  readonly clock: Clock;
  /** How long another replica may take to enrol whom it registered. Absent: there is no other. */
  readonly graceMs: number | undefined;
}

/** Finishes what a crash interrupted after a registration or a revision was recorded. */
export function enrolProcess(parts: EnrolProcessParts): Process {
  const { enrolments, clock } = parts;
  return {
    name: 'participant-enrolment',
    categories: [participant.category],
    isDone: ({ stream, revision }) => enrolments.wasAnswered(idOf(stream), revision),
    grace: graceOf(parts),
    react: async (stored) => {
      const { groups, territory } = (stored as unknown as ParticipantEvent).data;
      await enrolments.auto(
        {
          participantId: idOf(stored.stream),
          groups,
          ...(territory !== undefined && { territory }),
        },
        { revision: stored.revision, now: clock.now() },
      );
    },
  };
}

function graceOf({ enrolments, clock, graceMs }: EnrolProcessParts): Grace | undefined {
  if (graceMs === undefined) return undefined;
  return {
    msLeft: (stored) => msLeftOf(stored, { graceMs, now: clock.now() }),
    wasDone: ({ stream, revision }) => enrolments.wasDone(idOf(stream), revision),
  };
}
