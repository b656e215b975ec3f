import 'reflect-metadata';
import { runService } from '@fidelis/service-host';
import { RewardStoreModule } from './reward-store.module';
import { rewardStoreFlow } from './reward-store.flow';

runService({ module: RewardStoreModule, flow: rewardStoreFlow });
