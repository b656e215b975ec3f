import { publicMessages } from '@fidelis/messaging';
import type { RecordedEvent } from '@fidelis/event-store';
import { issuedOfferPublisher } from './issued-offer.publisher';
import { offerPurchasePublisher } from './offer-purchase.publisher';

const AT = '2026-11-23T10:00:00.000Z';

const stored = (stream: string, type: string, data: object): RecordedEvent => ({
  id: '6f1c0b1e-0000-8000-a000-000000000001',
  type,
  data: { ...data },
  metadata: { recordedAt: AT, operationId: 'op-1' },
  stream,
  category: stream.slice(0, stream.indexOf('-')),
  revision: 3,
  position: 42,
});

describe('what the world learns of issued offers', () => {
  it('an issued offer, without the code that its bearer shows', () => {
    const data = {
      issuedOfferId: 'io-1',
      offerId: 'muffin',
      version: 2,
      terms: { name: 'Free muffin' },
      participantId: 'anna',
      code: '7K3Q-9MXT-4RWD',
      reason: { kind: 'purchase', id: 'op-1' },
      issuedAt: AT,
    };
    const event = stored('issuedOffer-io-1', 'OfferIssued', data);
    expect(publicMessages(issuedOfferPublisher, event)).toEqual([
      {
        id: '6f1c0b1e-0000-8000-a000-000000000001:0',
        type: 'reward-store.offer-issued.v1',
        source: '/reward-store/loyalty.reward-store.issued-offer.events.v1',
        time: AT,
        topic: 'loyalty.reward-store.issued-offer.events.v1',
        key: 'io-1',
        aggregate: 'issuedOffer-io-1',
        revision: 3,
        data: {
          issuedOfferId: 'io-1',
          offerId: 'muffin',
          version: 2,
          participantId: 'anna',
          reason: { kind: 'purchase', id: 'op-1' },
          issuedAt: AT,
        },
      },
    ]);
  });

  it.each([
    [
      'IssuedOfferRedeemed',
      { ticket: 'pos-7:100', discount: { amount: 280, lines: [] }, redeemedAt: AT },
      'reward-store.offer-redeemed.v1',
      { ticket: 'pos-7:100', discountAmount: 280, redeemedAt: AT },
    ],
    [
      'IssuedOfferReinstated',
      { ticket: 'pos-7:100', from: 'redeemed', reinstatedAt: AT },
      'reward-store.offer-reinstated.v1',
      { ticket: 'pos-7:100', reinstatedAt: AT },
    ],
    ['IssuedOfferExpired', { expiredAt: AT }, 'reward-store.offer-expired.v1', { expiredAt: AT }],
    [
      'IssuedOfferRevoked',
      { reason: 'fraud', revokedAt: AT },
      'reward-store.offer-revoked.v1',
      { reason: 'fraud', revokedAt: AT },
    ],
    [
      'DoubleRedemptionFound',
      { ticket: 'pos-7:200', status: 'redeemed' },
      'reward-store.double-redemption-found.v1',
      { ticket: 'pos-7:200', status: 'redeemed' },
    ],
  ])('%s', (...[type, data, message, expected]) => {
    const [only] = publicMessages(issuedOfferPublisher, stored('issuedOffer-io-1', type, data));
    expect(only).toMatchObject({ type: message, key: 'io-1' });
    expect(only?.data).toEqual({ issuedOfferId: 'io-1', ...expected });
  });

  it('what a return gave back before its redemption arrived stays private', () => {
    const data = { ticket: 'pos-7:100', from: 'locked', reinstatedAt: AT };
    const event = stored('issuedOffer-io-1', 'IssuedOfferReinstated', data);
    expect(publicMessages(issuedOfferPublisher, event)).toEqual([]);
  });

  it('locks stay private', () => {
    const event = stored('issuedOffer-io-1', 'IssuedOfferLocked', { ticket: 'pos-7:100' });
    expect(publicMessages(issuedOfferPublisher, event)).toEqual([]);
  });
});

describe('what the world learns of offer purchases', () => {
  const data = { offerPurchaseId: 'p-1', points: 50, issuedOfferIds: ['io-1'] };

  it('that one was completed, and nothing before', () => {
    const completed = stored('offerPurchase-p-1', 'OfferPurchaseCompleted', data);
    expect(publicMessages(offerPurchasePublisher, completed)).toMatchObject([
      { type: 'reward-store.offer-purchased.v1', key: 'p-1', data },
    ]);
    const spent = stored('offerPurchase-p-1', 'PointsSpent', { spentAt: AT });
    expect(publicMessages(offerPurchasePublisher, spent)).toEqual([]);
  });
});
