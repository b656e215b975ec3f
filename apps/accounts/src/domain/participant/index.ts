import type { Aggregate } from '@fidelis/kernel';
import type { ParticipantEvent } from './participant.events';
import { evolve, nobody, type Participant } from './participant.state';

export * from './participant.decide';
export * from './participant.events';
export type { Participant, RegisteredParticipant } from './participant.state';

export const participant: Aggregate<Participant, ParticipantEvent> = {
  category: 'participant',
  initial: nobody,
  evolve,
};
