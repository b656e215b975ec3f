export {
  startEventStoreServer,
  type RunningEventStoreServer,
  type StartEventStoreServer,
} from './event-store-server';
export { freePort } from './free-port';
export { startKafka, type RunningKafka, type StartKafka } from './kafka';
export type { KafkaUser, SecuredKafka } from './kafka-security';
export { prepareKafka } from './kafka-jars';
export {
  preparePostgres,
  startPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from './postgres';
export {
  describeOnDatabases,
  usePostgres,
  type TestDatabases,
  type TestPostgres,
} from './test-databases';
