export * from './line';
export * from './postings';
export * from './valuation';
export * from './entry-lines';
export * from './settlement-lines';
export * from './trial-balance';
export * from './roll-forward';
