import {
  adapterUrl,
  certificatesFile,
  flag,
  oneOf,
  optionalNumber,
  optionalOneOf,
  optionalText,
  replicaUrls,
  secret,
  text,
  wholeNumber,
} from './setting';

const serviceUrl = (service: string, port: number) =>
  replicaUrls({
    variable: `FIDELIS_${service.toUpperCase().replace('-', '_')}_URL`,
    docs: `Separate processes: where the replicas of ${service} listen.`,
    fallback: [`http://127.0.0.1:${port}`],
  });

/**
 * Every setting of Fidelis, once: parsed at the start, shown in `.env.example` and in
 * docs/reference/configuration.md. An empty variable counts as not set.
 */
export const settings = {
  port: wholeNumber({
    variable: 'FIDELIS_PORT',
    docs: 'Port of the public HTTP API. 0 takes a free one and prints it.',
    fallback: 8080,
    min: 0,
    max: 65_535,
  }),
  host: text({
    variable: 'FIDELIS_HOST',
    docs: 'Address to listen on. Only this machine, unless you say otherwise (0.0.0.0).',
    fallback: '127.0.0.1',
  }),
  dataDir: text({
    variable: 'FIDELIS_DATA_DIR',
    docs: 'Folder of the embedded adapters: events, views, keys. One process at a time.',
    fallback: './data',
  }),
  adminKey: secret({
    variable: 'FIDELIS_ADMIN_KEY',
    docs: 'The first admin key. Without it one is made at the first start and printed once.',
    fallback: undefined,
    charactersMin: 8,
  }),
  testClock: flag({
    variable: 'FIDELIS_TEST_CLOCK',
    docs: '1 lets PUT /v1/test-clock set the time. Never in production.',
    fallback: false,
  }),
  testDisturbMessages: optionalNumber({
    variable: 'FIDELIS_TEST_DISTURB_MESSAGES',
    docs: 'Tests of idempotence: a seed; each message comes three times, keys mixed. Needs FIDELIS_TEST_CLOCK=1.',
    fallback: undefined,
    min: 0,
    max: 4_294_967_295,
  }),
  creditWaitMs: wholeNumber({
    variable: 'FIDELIS_CREDIT_WAIT_MS',
    docs: 'How long a ticket waits for its points to be credited before it answers credited: false.',
    fallback: 2000,
    min: 1,
    max: 60_000,
  }),
  purchaseWaitMs: wholeNumber({
    variable: 'FIDELIS_PURCHASE_WAIT_MS',
    docs: 'How long an internal purchase waits for its vendors before it answers 202.',
    fallback: 2000,
    min: 0,
    max: 60_000,
  }),
  orderAnswerSeconds: wholeNumber({
    variable: 'FIDELIS_ORDER_ANSWER_SECONDS',
    docs: 'Until when a vendor must answer an order; then it is cancelled and the points released.',
    fallback: 600,
    min: 1,
    max: 2_592_000,
  }),
  vendorSecretsKey: secret({
    variable: 'FIDELIS_VENDOR_SECRETS_KEY',
    docs: 'Seals the secrets of vendors in the event store. Unset: a key file in the data folder.',
    fallback: undefined,
    charactersMin: 32,
  }),
  personalDataKey: secret({
    variable: 'FIDELIS_PERSONAL_DATA_KEY',
    docs: 'Keys the hashes by which events name external ids. Unset: a key file in the data folder.',
    fallback: undefined,
    charactersMin: 32,
  }),
  serviceCalls: oneOf({
    variable: 'FIDELIS_SERVICE_CALLS',
    docs: 'How services of one process call each other: direct, or over loopback HTTP.',
    fallback: 'direct',
    values: ['direct', 'http'],
  }),
  eventStoreUrl: adapterUrl({
    variable: 'EVENT_STORE_URL',
    docs: 'The source of truth. sqlite: keeps it in the data folder. Others need separate processes.',
    fallback: 'sqlite:',
    schemes: ['sqlite:', 'esdb://', 'esdb+discover://'],
  }),
  messageBusUrl: adapterUrl({
    variable: 'MESSAGE_BUS_URL',
    docs: 'Carries messages between services. sqlite: reads them from the event store itself. kafka: names brokers, separated by commas.',
    fallback: 'sqlite:',
    schemes: ['sqlite:', 'kafka://'],
  }),
  kafkaTls: flag({
    variable: 'KAFKA_TLS',
    docs: '1 speaks TLS with the brokers and checks their certificates.',
    fallback: false,
  }),
  kafkaTlsAuthorities: certificatesFile({
    variable: 'KAFKA_TLS_CA_FILE',
    docs: 'The authorities that the certificates of brokers must be signed by. Unset: those that Node.js knows.',
    fallback: undefined,
  }),
  kafkaSaslMechanism: optionalOneOf({
    variable: 'KAFKA_SASL_MECHANISM',
    docs: 'How processes log in to brokers. plain sends the password itself: only with KAFKA_TLS=1. Unset: no login.',
    fallback: undefined,
    values: ['plain', 'scram-sha-256', 'scram-sha-512'],
  }),
  kafkaSaslUsername: optionalText({
    variable: 'KAFKA_SASL_USERNAME',
    docs: 'Who logs in to brokers.',
    fallback: undefined,
  }),
  kafkaSaslPassword: secret({
    variable: 'KAFKA_SASL_PASSWORD',
    docs: 'The password of KAFKA_SASL_USERNAME.',
    fallback: undefined,
    charactersMin: 1,
  }),
  readModelUrl: adapterUrl({
    variable: 'READ_MODEL_URL',
    docs: 'Views. sqlite: keeps a file per service in the data folder. postgres: names a database, with a schema per service; ?sslmode=verify-full&sslrootcert=FILE for TLS.',
    fallback: 'sqlite:',
    schemes: ['sqlite:', 'postgres://', 'postgresql://'],
  }),
  internalSecret: secret({
    variable: 'FIDELIS_INTERNAL_SECRET',
    docs: 'Separate processes: by it gateway and services know each other. The same for all.',
    fallback: undefined,
    charactersMin: 32,
  }),
  deadLettersKey: secret({
    variable: 'FIDELIS_DEAD_LETTERS_KEY',
    docs: 'Encrypts dead letters. Unset: a key file in the data folder. The same for all processes.',
    fallback: undefined,
    charactersMin: 32,
  }),
  accountsUrl: serviceUrl('accounts', 8081),
  earningUrl: serviceUrl('earning', 8082),
  rewardStoreUrl: serviceUrl('reward-store', 8083),
  purchasesUrl: serviceUrl('purchases', 8084),
  vendorsUrl: serviceUrl('vendors', 8085),
  reconciliationUrl: serviceUrl('reconciliation', 8086),
  topicPartitions: wholeNumber({
    variable: 'FIDELIS_TOPIC_PARTITIONS',
    docs: 'Partitions of topics that are created: how many replicas can share the work of one group.',
    fallback: 12,
    min: 1,
    max: 1000,
  }),
  topicReplication: wholeNumber({
    variable: 'FIDELIS_TOPIC_REPLICATION',
    docs: 'Copies of each partition. 3 in production; at most as many as there are brokers.',
    fallback: 1,
    min: 1,
    max: 7,
  }),
  readModelConnectionsMax: wholeNumber({
    variable: 'FIDELIS_READ_MODEL_CONNECTIONS_MAX',
    docs: 'Connections of one process to PostgreSQL.',
    fallback: 10,
    min: 2,
    max: 200,
  }),
  replicas: wholeNumber({
    variable: 'FIDELIS_REPLICAS',
    docs: 'npm run start:distributed starts so many processes of each service.',
    fallback: 1,
    min: 1,
    max: 8,
  }),
  requestsPerSecondMax: optionalNumber({
    variable: 'FIDELIS_REQUESTS_PER_SECOND_MAX',
    docs: 'Rate limit per API key; bursts of twice that pass. Unset: no limit.',
    fallback: undefined,
    min: 1,
    max: 1_000_000,
  }),
  eventStreamClientsMax: wholeNumber({
    variable: 'FIDELIS_EVENT_STREAM_CLIENTS_MAX',
    docs: 'Open GET /v1/events/stream connections; each reads the store on its own.',
    fallback: 100,
    min: 0,
    max: 10_000,
  }),
  logLevel: oneOf({
    variable: 'FIDELIS_LOG_LEVEL',
    docs: 'Structured logs on standard error. debug also logs every request.',
    fallback: 'warn',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
  }),
} as const;
