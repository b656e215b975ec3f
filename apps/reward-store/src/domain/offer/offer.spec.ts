import {
  defineOffer,
  delistOffer,
  isIssuable,
  listOffer,
  reviseOffer,
  validityOf,
} from './offer.decide';
import type { OfferEvent, OfferTerms } from './offer.events';
import { offerAggregate, type Offer } from './offer.state';

const terms: OfferTerms = {
  name: 'Free muffin',
  benefit: { type: 'freeItem', skus: ['muffin'] },
  issuance: {},
  redemption: { validity: { type: 'never' } },
};
const defined: OfferEvent = { type: 'OfferDefined', data: { offerId: 'muffin', terms } };
const listed: OfferEvent = {
  type: 'OfferListed',
  data: { storeId: 'main', listingNo: 1, price: 50, stock: 3 },
};
const delisted: OfferEvent = { type: 'OfferDelisted', data: { storeId: 'main' } };

const given = (...events: OfferEvent[]): Offer =>
  events.reduce(offerAggregate.evolve, offerAggregate.initial);
const done = { outcome: 'accepted', events: [] };

describe('an offer', () => {
  it('is defined once; the same again changes nothing', () => {
    const command = { offerId: 'muffin', terms };
    expect(defineOffer(command, given())).toEqual({ outcome: 'accepted', events: [defined] });
    expect(defineOffer(command, given(defined))).toEqual(done);
  });

  it('keeps its id for itself', () => {
    const other = { offerId: 'muffin', terms: { ...terms, name: 'Cake' } };
    expect(defineOffer(other, given(defined))).toMatchObject({
      rejection: { code: 'already_exists' },
    });
  });

  it('gets a new version by a change', () => {
    const changed = { ...terms, name: 'Two muffins' };
    expect(reviseOffer({ offerId: 'muffin', terms: changed }, given(defined))).toEqual({
      outcome: 'accepted',
      events: [{ type: 'OfferRevised', data: { version: 2, terms: changed } }],
    });
  });

  it('cannot be changed while it is listed, and can after it was delisted', () => {
    const change = { offerId: 'muffin', terms: { ...terms, name: 'Two muffins' } };
    expect(reviseOffer(change, given(defined, listed))).toMatchObject({
      rejection: { code: 'offer_is_listed' },
    });
    expect(reviseOffer(change, given(defined, listed, delisted))).toMatchObject({
      events: [{ type: 'OfferRevised' }],
    });
  });

  it('is listed with price and stock, which may change while it is listed', () => {
    const first = { storeId: 'main', price: 50, stock: 3 };
    expect(listOffer(first, given(defined))).toEqual({ outcome: 'accepted', events: [listed] });
    expect(listOffer(first, given(defined, listed))).toEqual(done);
    expect(listOffer({ storeId: 'main', price: 40 }, given(defined, listed))).toEqual({
      outcome: 'accepted',
      events: [{ type: 'ListingRevised', data: { storeId: 'main', price: 40 } }],
    });
  });

  it('begins a new listing, with a stock of its own, when it is listed again', () => {
    const again = listOffer(
      { storeId: 'main', price: 50, stock: 3 },
      given(defined, listed, delisted),
    );
    expect(again).toMatchObject({ events: [{ type: 'OfferListed', data: { listingNo: 2 } }] });
  });

  it('is delisted once', () => {
    const command = { storeId: 'main' };
    expect(delistOffer(command, given(defined, listed))).toMatchObject({ events: [delisted] });
    expect(delistOffer(command, given(defined, listed, delisted))).toEqual(done);
    expect(delistOffer(command, given())).toMatchObject({ rejection: { code: 'not_found' } });
  });

  it('is issued from the first instant of its period until before the end', () => {
    const limited = {
      ...terms,
      issuance: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
    };
    expect(isIssuable(limited, '2026-10-31T23:59:59.999Z')).toBe(false);
    expect(isIssuable(limited, '2026-11-01T00:00:00.000Z')).toBe(true);
    expect(isIssuable(limited, '2026-12-01T00:00:00.000Z')).toBe(false);
  });

  it('may be used as long as its redemption terms say', () => {
    const issuedAt = '2026-01-31T10:00:00.000Z';
    const to = '2026-06-30T00:00:00.000Z';
    const valid = (validity: OfferTerms['redemption']['validity']) =>
      validityOf({ ...terms, issuance: { to }, redemption: { validity } }, issuedAt);
    expect(valid({ type: 'never' })).toEqual({});
    expect(valid({ type: 'sameAsIssuance' })).toEqual({ expiresAt: to });
    expect(valid({ type: 'fixed', to: '2026-03-01T00:00:00.000Z' })).toEqual({
      expiresAt: '2026-03-01T00:00:00.000Z',
    });
    expect(valid({ type: 'duration', after: 'P1M' })).toEqual({
      expiresAt: '2026-02-28T10:00:00.000Z',
    });
  });
});
