export type { HostedService } from './hosted-service';
export { runService, runUntilSignal, type Running } from './run';
export { startService } from './start';
