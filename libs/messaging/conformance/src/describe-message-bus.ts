import { BusUnderTest } from './bus-under-test';
import { describeDeadLetters } from './dead-letters.conformance';
import { describeDelivery } from './delivery.conformance';
import { describeFailures } from './failures.conformance';
import type { Abilities, MessageBusHarness } from './harness';
import { describeRestarts } from './restarts.conformance';

export type TestIt = (
  sentence: string,
  run: (on: BusUnderTest) => Promise<void>,
  needs?: keyof Abilities,
) => void;

export interface Adapter {
  readonly name: string;
  readonly abilities: Abilities;
  /** Called for each test. */
  readonly createHarness: () => Promise<MessageBusHarness>;
}

/** Every adapter of `MessageBus` passes this. */
export function describeMessageBus({ name, abilities, createHarness }: Adapter): void {
  describe(`message bus on ${name}`, () => {
    let current: BusUnderTest | undefined;
    const it: TestIt = (sentence, run, needs) => {
      if (needs !== undefined && !abilities[needs]) {
        test.skip(`${sentence} (this adapter has no ${needs})`, () => undefined);
        return;
      }
      test(sentence, async () => {
        current = new BusUnderTest(await createHarness());
        await run(current);
      });
    };

    afterEach(async () => {
      await current?.stop();
      await current?.harness.close();
      current = undefined;
    });

    describeDelivery(it);
    describeFailures(it);
    describeRestarts(it);
    describeDeadLetters(it);
  });
}
