export * from './quote';
export * from './vendor.decide';
export * from './vendor.events';
export * from './vendor.state';
