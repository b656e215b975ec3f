export * from './allotment.decide';
export * from './allotment.events';
export * from './allotment.state';
