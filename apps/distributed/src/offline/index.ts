export { rebuildInstallation, type Rebuilt, type RebuiltView } from './rebuild-installation';
export { ServicesRun } from './hold-services';
export { verifyEventStore } from './verify-event-store';
