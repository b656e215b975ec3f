export { EventStoreTestServer, type EventStoreTestServerOptions } from './event-store-test-server';
export { Faults } from './faults';
