import type { Instant } from '@fidelis/kernel';
import { startServiceApp, type ServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform } from '@fidelis/testing/test-platform';
import { RewardStore } from '../src/reward-store';
import { RewardStoreModule } from '../src/reward-store.module';
import { FakeNeighbours } from './fake-neighbours';

export type { Answer } from '@fidelis/testing/service-app';

export const START_OF_TEST: Instant = '2026-11-23T10:00:00.000Z';

export interface TestApp
  extends ServiceApp, Pick<TestPlatform, 'clock' | 'eventStore' | 'bus' | 'calls' | 'errors'> {
  readonly rewardStore: RewardStore;
  readonly neighbours: FakeNeighbours;
  /** Does what is due now. */
  runDue(): Promise<void>;
}

/** The service behind the real edge, on memory, beside hand-written neighbours. */
export async function startRewardStore(): Promise<TestApp> {
  const clock = new TestClock(START_OF_TEST);
  const platform = new TestPlatform({ clock });
  const neighbours = new FakeNeighbours();
  neighbours.answer(platform.callTable);
  const started = await startServiceApp(platform, [RewardStoreModule]);
  const { eventStore, bus, calls, errors } = platform;
  return {
    ...started,
    ...{ neighbours, clock, eventStore, bus, calls, errors },
    rewardStore: started.app.get(RewardStore),
    runDue: () => platform.runDue(),
  };
}
