import type { Instant } from '@fidelis/kernel';
import type { ParticipantEvent } from './participant.events';

/** Who takes part, as far as it is not personal. */
export type Participant = NoParticipant | RegisteredParticipant;

export interface NoParticipant {
  readonly status: 'none';
}

export interface RegisteredParticipant {
  readonly status: 'active';
  readonly participantId: string;
  readonly externalIdHash?: string;
  /** Of the registration: the same again is answered as before. */
  readonly registeredContentHash: string;
  /** Of the profile as it is now. */
  readonly contentHash: string;
  readonly groups: readonly string[];
  readonly territory?: string;
  readonly registeredAt: Instant;
}

export const nobody: Participant = { status: 'none' };

export function evolve(participant: Participant, event: ParticipantEvent): Participant {
  if (event.type === 'ParticipantRegistered') {
    const { at: registeredAt, ...data } = event.data;
    return { ...data, status: 'active', registeredContentHash: data.contentHash, registeredAt };
  }
  if (participant.status === 'none') return participant;
  const { territory: _, ...rest } = participant;
  const { at: __, ...profile } = event.data;
  return { ...rest, ...profile };
}
