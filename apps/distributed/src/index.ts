export * from './offline';
export { startInstallation, type RunningInstallation } from './start';
