import { newOfferCode } from './offer-code';

describe('the code of an issued offer', () => {
  it('is three groups of four letters and digits that nobody mistakes', () => {
    expect(newOfferCode()).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}(-[2-9A-HJKMNP-TV-Z]{4}){2}$/);
  });

  it('is never the same twice', () => {
    const codes = new Set(Array.from({ length: 1000 }, () => newOfferCode()));
    expect(codes.size).toBe(1000);
  });
});
