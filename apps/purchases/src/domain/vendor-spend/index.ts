export * from './vendor-spend.decide';
export * from './vendor-spend.events';
export * from './vendor-spend.state';
