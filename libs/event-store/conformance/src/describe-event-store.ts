import { describeAppend } from './append-cases';
import { describeConcurrency } from './concurrency-cases';
import type { CreateHarness, EventStoreHarness, Running } from './harness';
import { describeIdempotence, describeLostAnswer } from './idempotence-cases';
import { describeRead } from './read-cases';
import { describeRestart } from './restart-cases';
import { describeSnapshots } from './snapshot-cases';
import { describeSubscription } from './subscription-cases';

export interface DescribeOptions {
  /** `false` for a store whose data ends with it: the cases about restarts make no sense there. */
  readonly restarts: boolean;
  /** `false` for a store in the same process and thread, which answers always. */
  readonly losesAnswers: boolean;
}

/** What every event store promises; an adapter's spec calls it, and adds what only it can. */
export function describeEventStore(
  name: string,
  createHarness: CreateHarness,
  { restarts, losesAnswers }: DescribeOptions,
): void {
  describe(`${name} as an event store`, () => {
    let harness: EventStoreHarness | undefined;
    const running: Running = {
      get harness() {
        if (harness === undefined) throw new Error('no test is running');
        return harness;
      },
      get store() {
        return this.harness.store;
      },
    };

    beforeEach(async () => {
      harness = await createHarness();
    });
    afterEach(async () => {
      await harness?.dispose();
    });

    describeAppend(running);
    describeIdempotence(running);
    describeConcurrency(running);
    describeRead(running);
    describeSubscription(running);
    describeSnapshots(running);
    if (restarts) describeRestart(running);
    if (losesAnswers) describeLostAnswer(running);
  });
}
