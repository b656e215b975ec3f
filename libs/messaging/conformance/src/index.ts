export { describeMessageBus, type Adapter } from './describe-message-bus';
export type { Abilities, MessageBusHarness, OpenBus } from './harness';
