export * from './transaction.decide';
export * from './transaction.events';
export * from './transaction.state';
