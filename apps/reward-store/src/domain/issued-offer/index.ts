export * from './issued-offer.decide';
export * from './issued-offer.events';
export * from './issued-offer.state';
export * from './ticket-name';
