export { DistributedPlatform, type DistributedOptions } from './distributed-platform';
export { kafkaServerOf } from './kafka-server';
export { schemaOf } from './schema-of';
export { serviceUrls } from './service-urls';
