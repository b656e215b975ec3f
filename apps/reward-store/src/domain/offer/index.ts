export * from './benefit';
export * from './discount';
export * from './offer.decide';
export * from './offer.events';
export * from './offer.state';
