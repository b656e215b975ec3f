export type { BusTables } from './bus-tables';
export { KafkaBus } from './kafka-bus';
export type { KafkaServer } from './kafka-client';
export { type KafkaBusOptions, type KafkaTiming } from './kafka-bus-options';
export { createTopics, topicsOf, type TopicSettings, type TopicsOptions } from './topics';
