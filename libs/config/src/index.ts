export * from './documents';
export * from './modes';
export * from './read-settings';
export { settings } from './settings';
