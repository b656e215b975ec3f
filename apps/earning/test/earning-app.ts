import type { Instant } from '@fidelis/kernel';
import { startServiceApp, type ServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform, type TestPlatformOptions } from '@fidelis/testing/test-platform';
import { Earning } from '../src/earning';
import { EarningModule } from '../src/earning.module';
import { FakeNeighbours } from './fake-neighbours';

export const START_OF_TEST: Instant = '2026-11-22T10:00:05.000Z';

export interface TestApp
  extends ServiceApp, Pick<TestPlatform, 'clock' | 'eventStore' | 'bus' | 'calls' | 'errors'> {
  readonly platform: TestPlatform;
  readonly earning: Earning;
  readonly neighbours: FakeNeighbours;
  /** Does what is due now. */
  runDue(): Promise<void>;
}

/** With `before`: the same stream of events, begun again after a crash, or as another replica. */
export async function startEarning(
  before?: TestApp,
  replica?: TestPlatformOptions['replica'],
): Promise<TestApp> {
  const clock = before?.clock ?? new TestClock(START_OF_TEST);
  const platform = new TestPlatform({
    clock,
    ...(replica !== undefined && { replica }),
    ...(before !== undefined && { eventStore: before.eventStore }),
  });
  const neighbours = before?.neighbours ?? new FakeNeighbours();
  neighbours.answer(platform.callTable);
  const started = await startServiceApp(platform, [EarningModule]);
  const { eventStore, bus, calls, errors } = platform;
  return {
    ...started,
    ...{ platform, neighbours, clock, eventStore, bus, calls, errors },
    earning: started.app.get(Earning),
    runDue: () => platform.runDue(),
  };
}
