export * from './award';
export * from './membership.decide';
export * from './membership.events';
export * from './membership.state';
export * from './reversal';
export * from './tier';
