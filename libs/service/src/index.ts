export * from './calls.controller';
export * from './platform';
export * from './service-flow';
export * from './service-runtime';
