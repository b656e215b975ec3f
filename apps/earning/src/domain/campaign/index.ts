export * from './campaign.decide';
export * from './campaign.events';
export * from './campaign.rule';
export * from './campaign.state';
