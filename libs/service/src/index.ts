export * from './calls.controller';
export * from './observe-platform';
export * from './platform';
export * from './service-flow';
export * from './service-runtime';
export * from './service-views';
