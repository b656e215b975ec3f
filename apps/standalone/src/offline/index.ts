export { rebuildFolder, type Rebuilt, type RebuiltView } from './rebuild-folder';
export { ServicesRun } from './servers/hold-services';
export { rebuildInstallation } from './servers/rebuild-installation';
export { verifyEventStore } from './servers/verify-event-store';
export { NoEventStore, verifyEventFile } from './verify-folder';
