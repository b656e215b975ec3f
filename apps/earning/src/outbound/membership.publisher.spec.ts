import type { RecordedEvent } from '@fidelis/event-store';
import type { JsonObject } from '@fidelis/kernel';
import { publicMessages } from '@fidelis/messaging';
import { membershipPublisher } from './membership.publisher';
import { transactionPublisher } from './transaction.publisher';

const stored = (stream: string, type: string, data: JsonObject): RecordedEvent => ({
  id: 'e1',
  type,
  data,
  metadata: { recordedAt: '2026-11-22T10:00:05.000Z', operationId: 'op' },
  stream,
  category: stream.slice(0, stream.indexOf('-')),
  revision: 4,
  position: 40,
});

const grant = {
  points: 9,
  wallet: 'points',
  pointSource: 'default',
  grantedAt: '2026-11-22T10:00:00.000Z',
  availableAt: '2026-11-22T10:00:00.000Z',
  expiresOn: '2026-12-02',
  expiresAt: '2026-12-02T18:30:00.000Z',
};

describe('what a membership tells the world', () => {
  it('an award, with its number, and each offer it gives', () => {
    const event = stored('membership-acc', 'TicketAwarded', {
      sequence: 2,
      ticket: 'pos-7:a%2Fb',
      transactionId: 'a/b',
      occurredAt: '2026-11-22T10:00:00.000Z',
      total: 1_000_000,
      tier: 'silver',
      grants: [grant],
      offers: [
        { issuedOfferId: 'io', offerId: 'muffin', participantId: 'ana', rule: 'tier:silver' },
      ],
    });
    const [award, offer] = publicMessages(membershipPublisher, event);
    expect(award).toEqual({
      id: 'e1:0',
      type: 'earning.points-awarded.v1',
      source: '/earning/loyalty.earning.membership.events.v1',
      time: '2026-11-22T10:00:05.000Z',
      topic: 'loyalty.earning.membership.events.v1',
      key: 'acc',
      aggregate: 'membership-acc',
      revision: 4,
      data: {
        accountId: 'acc',
        sequence: 2,
        grants: [grant],
        occurredAt: '2026-11-22T10:00:00.000Z',
        source: { kind: 'transaction', id: 'a/b' },
        purchaseAmount: 1_000_000,
        tier: 'silver',
        operation: { id: 'pos-7:a%2Fb' },
      },
    });
    expect(offer).toMatchObject({
      id: 'e1:1',
      type: 'earning.offer-awarded.v1',
      key: 'acc',
      data: {
        issuedOfferId: 'io',
        offerId: 'muffin',
        participantId: 'ana',
        reason: { kind: 'tier', id: 'silver' },
        occurredAt: '2026-11-22T10:00:00.000Z',
        operation: { id: 'io' },
      },
    });
  });

  it('a reversal, under the operation of its return', () => {
    const event = stored('membership-acc', 'AwardReversalRequested', {
      sequence: 3,
      ticket: 'pos-7:1',
      transactionId: '1',
      returnId: 'r1',
      reversalOperationId: 'pos-7:1/return/r1/0',
      lotIds: ['acc.2.0'],
      occurredAt: '2026-11-23T10:00:00.000Z',
      wallet: 'points',
      pointSource: 'default',
      points: 2,
      clawback: 'refuse',
    });
    expect(publicMessages(membershipPublisher, event)).toMatchObject([
      {
        type: 'earning.award-reversed.v1',
        key: 'acc',
        data: {
          accountId: 'acc',
          sequence: 3,
          lotIds: ['acc.2.0'],
          points: 2,
          clawback: 'refuse',
          wallet: 'points',
          pointSource: 'default',
          occurredAt: '2026-11-23T10:00:00.000Z',
          source: { kind: 'return', id: 'r1' },
          operation: { id: 'pos-7:1/return/r1/0' },
        },
      },
    ]);
  });

  it('nothing of spend and tier', () => {
    const event = stored('membership-acc', 'AwardReversed', { returnId: 'r1' });
    expect(publicMessages(membershipPublisher, event)).toEqual([]);
  });
});

describe('what a ticket tells the world', () => {
  const ticket = {
    ticket: 'pos-7:a%2Fb',
    source: 'pos-7',
    transactionId: 'a/b',
    participantId: 'ana',
    occurredAt: '2026-11-22T10:00:00.000Z',
    currency: 'INR',
    total: 500,
    taxTotal: 0,
    lines: [{ lineId: '1', sku: 'A', brand: 'acme', quantity: 1, amount: 500 }],
    memberships: [],
  };

  it('that it was recorded, and the offers to redeem', () => {
    const event = stored('transaction-pos-7:a%2Fb', 'TransactionRecorded', {
      ...ticket,
      offers: [{ issuedOfferId: 'io', discount: 300 }],
    });
    expect(publicMessages(transactionPublisher, event)).toMatchObject([
      {
        type: 'earning.transaction-recorded.v1',
        key: 'pos-7:a%2Fb',
        data: {
          ticket: 'pos-7:a/b',
          participantId: 'ana',
          total: 500,
          currency: 'INR',
          redeemOffers: {
            ticket: 'pos-7:a/b',
            participantId: 'ana',
            offers: [{ issuedOfferId: 'io', discount: 300 }],
            lines: [{ lineId: '1', sku: 'A', quantity: 1, amount: 500 }],
            operation: { id: 'pos-7:a%2Fb/offers' },
          },
        },
      },
    ]);
  });

  it('without offers nothing to redeem, and no return before it is accepted', () => {
    const recorded = stored('transaction-pos-7:1', 'TransactionRecorded', ticket);
    expect(publicMessages(transactionPublisher, recorded)[0]?.data).not.toHaveProperty(
      'redeemOffers',
    );
    const requested = stored('transaction-pos-7:1', 'ReturnRequested', { returnId: 'r1' });
    expect(publicMessages(transactionPublisher, requested)).toEqual([]);
  });
});
