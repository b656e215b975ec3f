export { EventStoreDbStore, type EventStoreDbStoreOptions } from './event-store-db-store';
export { KeptCategories } from './kept-categories';
export { KyselySnapshots } from './kysely-snapshots';
export type { EventStoreDbLimits } from './limits';
