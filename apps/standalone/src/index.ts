export { EmbeddedPlatform } from './embedded-platform';
export { start, type Running } from './start';
export * from './offline';
