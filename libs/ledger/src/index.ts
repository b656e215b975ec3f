export * from './day';
export * from './duration';
export * from './grant-dates';
export * from './points';
export * from './ratio';
export * from './split';
export * from './terms';
export * from './zone';
