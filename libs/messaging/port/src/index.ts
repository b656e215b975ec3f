export * from './consumer';
export * from './consumes.decorator';
export * from './dead-letter';
export * from './message';
export * from './message-bus';
export * from './publisher';
