export { DistributedPlatform, type DistributedOptions } from './distributed-platform';
