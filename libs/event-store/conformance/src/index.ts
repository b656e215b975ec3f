export { describeEventStore, type DescribeOptions } from './describe-event-store';
export type { CreateHarness, EventStoreHarness } from './harness';
