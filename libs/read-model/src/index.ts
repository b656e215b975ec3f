export * from './bulk';
export { openPostgresReadModel, type PostgresReadModelOptions } from './postgres';
export { addColumnIfAbsent, isPostgres, lockedRows, prepareTables } from './prepare-tables';
export {
  chunksOf,
  dropTables,
  INSERT_ROWS_MAX,
  openSqliteReadModel,
  type ReadModel,
  type SqliteReadModelOptions,
} from './read-model';
