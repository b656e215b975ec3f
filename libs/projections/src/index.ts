export * from './checkpointed-feed';
export * from './checkpoints';
export * from './feed-runner';
export * from './projection';
export * from './projection-runner';
export * from './reached-gate';
