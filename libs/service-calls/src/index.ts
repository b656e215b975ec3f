export * from './call-table';
export * from './direct-calls';
export * from './http-calls';
export { Liveness } from './liveness';
export { Replicas } from './replicas';
export * from './service-calls';
