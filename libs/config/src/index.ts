export * from './documents';
export * from './env-file';
export * from './modes';
export * from './read-settings';
export { settings } from './settings';
