export * from './always-held';
export type { LeaseTables } from './lease-table';
export type { HeldLease, LeasedWork, Leases } from './leases';
export { PostgresLeases, type PostgresLeasesOptions } from './postgres-leases';
