export * from './encode-append';
export * from './errors';
export * from './event-store';
export * from './feed-loop';
export * from './feed-waiters';
export * from './limits';
export * from './stream-name';
