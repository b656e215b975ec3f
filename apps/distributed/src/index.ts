export { startInstallation, type RunningInstallation } from './start';
