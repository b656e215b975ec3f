import type { Clock } from '@fidelis/kernel';
import { msLeftOf, type Grace, type Process } from '@fidelis/processes';
import type { Enrolments } from '../commands/enrol';
import type { EnrolExisting } from '../commands/enrol-existing';
import { enrolmentAggregate, type ParticipantEnrolled } from '../domain/enrolment';
import { programAggregate, type ProgramEvent } from '../domain/program';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook } from '../rules/rulebook';

export interface EnrolmentProcessParts {
  readonly clock: Clock;
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly enrolments: Enrolments;
  readonly enrolExisting: EnrolExisting;
  /** As of tickets: see `CompleteTicketsParts`. */
  readonly graceMs: number | undefined;
}

/** Opens the membership of whoever was enrolled, where the process died before it did. */
export function openMemberships(parts: EnrolmentProcessParts): Process {
  const { streams, rulebook, enrolments } = parts;
  const isOpen = async (accountId: string): Promise<boolean> =>
    (await streams.memberships.load(accountId)).state.status === 'open';
  return {
    name: 'open-memberships',
    categories: [enrolmentAggregate.category],
    isDone: ({ type }) => type !== 'ParticipantEnrolled',
    grace: graceOf(parts, isOpen),
    react: async (stored) => {
      const { data } = stored as unknown as ParticipantEnrolled;
      if (await isOpen(data.accountId)) return;
      await enrolments.open(data, data.participantId, await rulebook.current());
    },
  };
}

function graceOf(
  { clock, graceMs }: EnrolmentProcessParts,
  isOpen: (accountId: string) => Promise<boolean>,
): Grace | undefined {
  if (graceMs === undefined) return undefined;
  return {
    msLeft: (stored) => msLeftOf(stored, { graceMs, now: clock.now() }),
    wasDone: (stored) => isOpen((stored as unknown as ParticipantEnrolled).data.accountId),
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
