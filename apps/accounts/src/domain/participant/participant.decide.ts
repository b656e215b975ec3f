import { accepted, rejected, type Decision, type Instant } from '@fidelis/kernel';
import type { ParticipantEvent } from './participant.events';
import type { Participant } from './participant.state';

export interface ParticipantExists {
  readonly code: 'already_exists';
  readonly detail: string;
}

export interface ParticipantNotFound {
  readonly code: 'participant_not_found';
  readonly detail: string;
}

export interface RegisterParticipant {
  readonly participantId: string;
  readonly externalIdHash?: string;
  readonly contentHash: string;
  readonly groups: readonly string[];
  readonly territory?: string;
  readonly now: Instant;
}

/** The same content again changes nothing. */
export function registerParticipant(
  command: RegisterParticipant,
  participant: Participant,
): Decision<ParticipantEvent, ParticipantExists> {
  const { now: at, ...data } = command;
  if (participant.status === 'none') {
    return accepted({ type: 'ParticipantRegistered', data: { ...data, at } });
  }
  return participant.registeredContentHash === command.contentHash
    ? accepted()
    : rejected({
        code: 'already_exists',
        detail: `participant ${command.participantId} is registered with another content`,
      });
}

export interface ReviseProfile {
  readonly contentHash: string;
  readonly groups: readonly string[];
  readonly territory?: string;
  readonly now: Instant;
}

export function reviseProfile(
  command: ReviseProfile,
  participant: Participant,
): Decision<ParticipantEvent, ParticipantNotFound> {
  if (participant.status === 'none') {
    return rejected({ code: 'participant_not_found', detail: 'there is no such participant' });
  }
  if (participant.contentHash === command.contentHash) return accepted();
  const { now: at, ...data } = command;
  return accepted({ type: 'ProfileRevised', data: { ...data, at } });
}
