export * from './offer-purchase.decide';
export * from './offer-purchase.events';
export * from './offer-purchase.state';
