import {
  nextAction,
  recordResult,
  requestPurchase,
  type ActionResult,
} from './offer-purchase.decide';
import type { OfferPurchaseEvent, OfferPurchaseRequested } from './offer-purchase.events';
import { offerPurchaseAggregate, type OfferPurchase } from './offer-purchase.state';

const NOW = '2026-11-23T10:00:00.000Z';
const LATE = '2026-11-23T10:01:00.000Z';
const requested: OfferPurchaseRequested = {
  type: 'OfferPurchaseRequested',
  data: {
    offerPurchaseId: 'op-1',
    participantId: 'anna',
    accountId: 'acc-1',
    programId: 'club',
    storeId: 'main',
    offerId: 'muffin',
    version: 1,
    terms: {
      name: 'Free muffin',
      benefit: { type: 'freeItem', skus: ['muffin'] },
      issuance: {},
      redemption: { validity: { type: 'never' } },
    },
    quantity: 2,
    points: 100,
    copies: [
      { issuedOfferId: 'io-1', code: 'AAAA-AAAA-AAAA' },
      { issuedOfferId: 'io-2', code: 'BBBB-BBBB-BBBB' },
    ],
    limits: [{ allotmentId: 'listing:main:muffin:1', max: 5, code: 'out_of_stock' }],
    requestedAt: NOW,
    giveUpAt: LATE,
  },
};
const free: OfferPurchaseRequested = { ...requested, data: { ...requested.data, points: 0 } };
const reserved: OfferPurchaseEvent = { type: 'OffersReserved', data: {} };
const held: OfferPurchaseEvent = { type: 'PointsHeld', data: { holdId: 'h-1' } };
const spent: OfferPurchaseEvent = { type: 'PointsSpent', data: { spentAt: NOW } };
const completed: OfferPurchaseEvent = {
  type: 'OfferPurchaseCompleted',
  data: {
    offerPurchaseId: 'op-1',
    participantId: 'anna',
    accountId: 'acc-1',
    programId: 'club',
    storeId: 'main',
    offerId: 'muffin',
    version: 1,
    quantity: 2,
    points: 100,
    issuedOfferIds: ['io-1', 'io-2'],
    completedAt: NOW,
  },
};
const refusal = { code: 'insufficient_points', detail: 'no', available: 90, requested: 100 };
const refused: OfferPurchaseEvent = {
  type: 'OfferPurchaseRefused',
  data: { refusal, refusedAt: NOW },
};
const undone: OfferPurchaseEvent = { type: 'OfferPurchaseUndone', data: {} };

const given = (...events: OfferPurchaseEvent[]): OfferPurchase =>
  events.reduce(offerPurchaseAggregate.evolve, offerPurchaseAggregate.initial);
const next = (now: string, ...events: OfferPurchaseEvent[]) =>
  nextAction(given(...events), { now });
const record = (result: ActionResult, ...events: OfferPurchaseEvent[]) =>
  recordResult({ result, now: NOW }, given(...events));

describe('the purchase of an offer', () => {
  it('is requested once', () => {
    expect(requestPurchase(requested.data, given())).toEqual({
      outcome: 'accepted',
      events: [requested],
    });
    expect(requestPurchase(requested.data, given(requested))).toEqual({
      outcome: 'accepted',
      events: [],
    });
  });

  it('reserves, holds, spends, issues, and is over', () => {
    expect(next(NOW, requested)).toEqual({ action: 'reserve' });
    expect(next(NOW, requested, reserved)).toEqual({ action: 'hold' });
    expect(next(NOW, requested, reserved, held)).toEqual({ action: 'spend', holdId: 'h-1' });
    expect(next(NOW, requested, reserved, held, spent)).toEqual({ action: 'issue' });
    expect(next(NOW, requested, reserved, held, spent, completed)).toBeUndefined();
  });

  it('of a gift touches no points', () => {
    expect(next(NOW, free, reserved)).toEqual({ action: 'issue' });
  });

  it('that is refused gives back what it took', () => {
    expect(next(NOW, requested, reserved, refused)).toEqual({ action: 'undo', holdId: undefined });
    expect(next(NOW, requested, reserved, held, refused)).toEqual({
      action: 'undo',
      holdId: 'h-1',
    });
    expect(next(NOW, requested, reserved, refused, undone)).toBeUndefined();
  });

  it('begins nothing new after its time, but asks the account what became of a hold', () => {
    expect(next(LATE, requested)).toEqual({ action: 'give-up' });
    expect(next(LATE, requested, reserved)).toEqual({ action: 'give-up' });
    expect(next(LATE, requested, reserved, held)).toEqual({ action: 'spend', holdId: 'h-1' });
  });

  it('issues what was spent, however late', () => {
    expect(next('2027-01-01T00:00:00.000Z', requested, reserved, held, spent)).toEqual({
      action: 'issue',
    });
  });

  it('records each result once', () => {
    expect(record({ done: 'held', holdId: 'h-1' }, requested, reserved)).toEqual({
      outcome: 'accepted',
      events: [held],
    });
    expect(record({ done: 'held', holdId: 'h-1' }, requested, reserved, held)).toEqual({
      outcome: 'accepted',
      events: [],
    });
  });

  it('tells in the end what was bought, for how much', () => {
    expect(record({ done: 'issued' }, requested, reserved, held, spent)).toEqual({
      outcome: 'accepted',
      events: [completed],
    });
  });

  it('that spent its points cannot be refused any more', () => {
    expect(record({ done: 'refused', refusal }, requested, reserved, held, spent)).toEqual({
      outcome: 'accepted',
      events: [],
    });
  });
});
