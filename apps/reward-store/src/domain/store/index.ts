export * from './store.decide';
export * from './store.events';
export * from './store.state';
