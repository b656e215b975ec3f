export * from './aggregate-repository';
export * from './directory';
export { chainHash, type ChainLink, type Recorded } from './loaded';
