export { DistributedPlatform, type DistributedOptions } from './distributed-platform';
export { serviceUrls } from './service-urls';
