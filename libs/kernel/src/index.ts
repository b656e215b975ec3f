export * from './clock';
export * from './decision';
export * from './domain-event';
export * from './errors';
export * from './eventually';
export * from './ids';
export * from './json';
export * from './mutable';
