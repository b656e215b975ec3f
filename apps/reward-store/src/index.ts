export { rewardStoreFlow } from './reward-store.flow';
export { RewardStoreModule } from './reward-store.module';
