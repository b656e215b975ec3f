export * from './call-table';
export * from './direct-calls';
export * from './http-calls';
export * from './service-calls';
