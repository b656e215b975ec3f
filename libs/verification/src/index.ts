export * from './chain';
export * from './tickets';
export * from './verify-store';
