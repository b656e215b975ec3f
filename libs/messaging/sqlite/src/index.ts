export * from './bus-group';
export * from './embedded-bus';
export { EmbeddedGroup } from './embedded-group';
