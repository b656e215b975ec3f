export type { BusTables } from './bus-tables';
export { type KafkaBusOptions, type KafkaTiming } from './kafka-bus-options';
export { createTopics, topicsOf, type TopicSettings, type TopicsOptions } from './topics';
