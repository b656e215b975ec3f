export * from './program.decide';
export * from './program.events';
export * from './program.state';
export * from './program.terms';
export * from './program.validation';
