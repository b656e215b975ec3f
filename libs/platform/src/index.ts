export { DistributedPlatform, type DistributedOptions } from './distributed-platform';
export { kafkaServerOf } from './kafka-server';
export { serviceUrls } from './service-urls';
