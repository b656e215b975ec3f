export * from './bulk';
export * from './read-model';
