import {
  AwardReversedV1,
  MEMBERSHIP_EVENTS,
  MembershipOpenedV1,
  OfferAwardedV1,
  PointsAwardedV1,
} from '@fidelis/contracts';
import { idOf } from '@fidelis/event-store';
import { definePublisher, outgoing, type OutgoingMessage } from '@fidelis/messaging';
import { membershipAggregate, type MembershipEvent } from '../domain/membership';
import { toAward, toIssueOffer, toOpenAccount, toReversal } from './award-messages';

/** A membership's commands to its account, and the offers it gives: keyed and ordered by account. */
export const membershipPublisher = definePublisher({
  service: 'earning',
  categories: [membershipAggregate.category],
  topic: MEMBERSHIP_EVENTS,
  toMessages: (stored) => toMessages(idOf(stored.stream), stored as unknown as MembershipEvent),
});

function toMessages(key: string, event: MembershipEvent): readonly OutgoingMessage[] {
  switch (event.type) {
    case 'MembershipOpened':
      return [outgoing(MembershipOpenedV1, { key, data: toOpenAccount(event.data) })];
    case 'TicketAwarded': {
      const { data } = event;
      const points = outgoing(PointsAwardedV1, { key, data: toAward(key, data) });
      if (data.offers.length === 0) return [points];
      const offers = data.offers.map((offer) =>
        outgoing(OfferAwardedV1, { key, data: toIssueOffer(offer, data) }),
      );
      return [points, ...offers];
    }
    case 'AwardReversalRequested':
      return [outgoing(AwardReversedV1, { key, data: toReversal(key, event.data) })];
    // Spend and tier are the membership's own.
    case 'AwardReversed':
      return [];
  }
}
