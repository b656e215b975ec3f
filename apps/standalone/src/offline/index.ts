export { rebuildFolder, type Rebuilt, type RebuiltView } from './rebuild-folder';
export { NoEventStore, verifyEventFile } from './verify-folder';
