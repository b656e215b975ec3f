export { msLeftOf } from './await-others';
export * from './due-dates';
export * from './process';
export * from './process-runner';
export * from './timer-runner';
