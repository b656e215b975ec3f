export { describeEventStore, type DescribeOptions } from './describe-event-store';
export type { CreateHarness, EventStoreHarness } from './harness';
export {
  append,
  isStrictlyIncreasing,
  newCategory,
  newEvent,
  newStream,
  numbered,
  numbersOf,
  readAllAfter,
  until,
} from './fixtures';
