import { idOf } from '@fidelis/event-store';
import { addMs } from '@fidelis/kernel';
import type { Process, Schedule, Timer } from '@fidelis/processes';
import type { IssueOffers } from '../commands/issue-offer';
import { redemptionLimitOf, type Allotments } from '../commands/allotments';
import {
  isIssued,
  issuedOfferAggregate,
  recordDue,
  type IssuedOfferEvent,
} from '../domain/issued-offer';
import type { RewardStoreConfig } from '../reward-store.config';
import type { RewardStoreStreams } from '../reward-store.streams';

/** Locks time out and offers expire. */
export const issuedOfferDue: Schedule = {
  name: 'issued-offer-due',
  categories: [issuedOfferAggregate.category],
  dueOf: (stored) => {
    const id = idOf(stored.stream);
    const event = stored as unknown as IssuedOfferEvent;
    switch (event.type) {
      case 'IssuedOfferLocked':
        return [{ id, at: event.data.lockExpiresAt }];
      case 'OfferIssued':
        return event.data.expiresAt === undefined ? [] : [{ id, at: event.data.expiresAt }];
      // Its validity may have ended while it was locked or redeemed.
      case 'IssuedOfferUnlocked':
      case 'IssuedOfferReinstated':
        return [{ id, at: stored.metadata.recordedAt }];
      default:
        return [];
    }
  },
};

/** Records what is due; queries never count it. */
export function issuedOfferTimer(streams: RewardStoreStreams): Timer {
  return {
    ...issuedOfferDue,
    settle: async (id, now) => {
      const handled = await streams.issuedOffers.handle({
        id,
        operation: { id: `due:${now}` },
        now,
        decide: (offer) => recordDue({ now }, offer),
      });
      if (handled.outcome !== 'rejected') await handled.durable;
    },
  };
}

/** When an issue that was requested should long have ended. */
export function issueDue({ resumeAfterMs }: RewardStoreConfig): Schedule {
  return {
    name: 'offer-issue-resume',
    categories: [issuedOfferAggregate.category],
    dueOf: ({ type, stream, metadata }) =>
      type === 'OfferIssueRequested'
        ? [{ id: idOf(stream), at: addMs(metadata.recordedAt, resumeAfterMs) }]
        : [],
  };
}

/** Takes up an issue whose process died between its request and its end. */
export function issueResume(issueOffers: IssueOffers, config: RewardStoreConfig): Timer {
  return {
    ...issueDue(config),
    settle: async (id, now) => {
      await issueOffers.settle(id, now);
    },
  };
}

/** Counts redemptions against an offer's limit per participant, once per event. */
export function redemptionCount(streams: RewardStoreStreams, allotments: Allotments): Process {
  return {
    name: 'redemption-count',
    categories: [issuedOfferAggregate.category],
    react: async (stored) => {
      const change = changeOfCount(stored as unknown as IssuedOfferEvent);
      if (change === 0) return;
      const { state } = await streams.issuedOffers.load(idOf(stored.stream));
      if (!isIssued(state)) return;
      const { offerId, participantId, terms } = state;
      const { perParticipant } = terms.redemption;
      if (perParticipant === undefined) return;
      const limit = redemptionLimitOf({ offerId, participantId, perParticipant });
      const count = { operationId: stored.id, now: stored.metadata.recordedAt };
      await allotments.count(limit, change, count);
    },
  };
}

function changeOfCount(event: IssuedOfferEvent): 1 | 0 | -1 {
  if (event.type === 'IssuedOfferRedeemed') return 1;
  return event.type === 'IssuedOfferReinstated' && event.data.from === 'redeemed' ? -1 : 0;
}
