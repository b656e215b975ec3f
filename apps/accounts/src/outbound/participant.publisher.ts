import { PARTICIPANT_EVENTS, ParticipantRegisteredV1 } from '@fidelis/contracts';
import { definePublisher, outgoing } from '@fidelis/messaging';
import type { ParticipantEvent } from '../domain/participant';

/** Nothing personal: our id, and what programmes decide by. */
export const participantPublisher = definePublisher({
  service: 'accounts',
  categories: ['participant'],
  topic: PARTICIPANT_EVENTS,
  toMessages: (stored) => {
    const event = stored as unknown as ParticipantEvent;
    if (event.type !== 'ParticipantRegistered') return [];
    const { participantId, groups, territory, at: registeredAt } = event.data;
    const data = {
      participantId,
      groups,
      ...(territory !== undefined && { territory }),
      registeredAt,
    };
    return [outgoing(ParticipantRegisteredV1, { key: participantId, data })];
  },
});
