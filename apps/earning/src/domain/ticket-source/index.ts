export * from './ticket-source.decide';
export * from './ticket-source.events';
export * from './ticket-source.state';
