export * from './documents';
export * from './read-settings';
export { settings } from './settings';
