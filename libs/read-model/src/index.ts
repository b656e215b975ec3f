export * from './bulk';
export {
  chunksOf,
  dropTables,
  INSERT_ROWS_MAX,
  openSqliteReadModel,
  type ReadModel,
  type SqliteReadModelOptions,
} from './read-model';
