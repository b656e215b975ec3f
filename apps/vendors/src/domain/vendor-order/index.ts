export * from './next-action';
export * from './vendor-order.decide';
export * from './vendor-order.events';
export * from './vendor-order.state';
