import type { Instant, Mutable } from '@fidelis/kernel';
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
    const { participantId, externalIdHash, contentHash, at } = event.data;
    const first = { participantId, externalIdHash, registeredContentHash: contentHash };
    return withProfile({ ...first, registeredAt: at }, event.data);
  }
  if (participant.status === 'none') return participant;
  return withProfile(participant, event.data);
}

type Identity = Pick<
  RegisteredParticipant,
  'participantId' | 'registeredContentHash' | 'registeredAt'
> & { readonly externalIdHash?: string | undefined };

/** Fields in one order: every ticket looks at participants, and objects of one shape are quick. */
function withProfile(
  { participantId, externalIdHash, registeredContentHash, registeredAt }: Identity,
  {
    contentHash,
    groups,
    territory,
  }: Pick<RegisteredParticipant, 'contentHash' | 'groups' | 'territory'>,
): RegisteredParticipant {
  const participant: Mutable<RegisteredParticipant> = {
    status: 'active',
    participantId,
    registeredContentHash,
    contentHash,
    groups,
    registeredAt,
  };
  if (externalIdHash !== undefined) participant.externalIdHash = externalIdHash;
  if (territory !== undefined) participant.territory = territory;
  return participant;
}
