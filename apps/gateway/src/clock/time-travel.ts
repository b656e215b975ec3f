import { OperationalError, type Clock, type Instant } from '@fidelis/kernel';
import { START } from '@fidelis/event-store';
import { waitForHead } from '@fidelis/messaging';
import type { Platform } from '@fidelis/service';
import type { ClockSet, TestClock } from './test-clock';

const REACH_MS = 30_000;
/** Messages cause messages; a loop of them without an end is a fault of ours. */
const TURNS_MAX = 1000;

/** The test clock with the services that must follow it. */
export class TimeTravel {
  constructor(
    private readonly parts: {
      readonly testClock: TestClock | undefined;
      readonly clock: Clock;
      readonly platform: Platform;
    },
  ) {}

  get isOn(): boolean {
    return this.parts.testClock !== undefined;
  }

  now(): Instant {
    return this.parts.clock.now();
  }

  /** Resolves when everything due up to `to` has happened, in every service of this process. */
  async moveTo(to: Instant): Promise<ClockSet> {
    const { testClock, platform } = this.parts;
    if (testClock === undefined) throw new OperationalError('the test clock is off');
    const untouched = async () => (await platform.eventStore.headOf()) === START;
    return testClock.move(to, untouched, (now) => this.dueRound(now));
  }

  private async dueRound(now: Instant): Promise<number> {
    await this.everythingSeen();
    let settled = 0;
    for (const service of this.parts.platform.runtimes.all()) settled += await service.runDue(now);
    if (settled > 0) return settled;
    await this.everythingSeen();
    return 0;
  }

  /** Until all views, processes and consumers have seen all events, theirs included. */
  private async everythingSeen(): Promise<void> {
    const { eventStore, runtimes, bus } = this.parts.platform;
    let head = await eventStore.headOf();
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      await Promise.all(runtimes.all().map((service) => service.reachHead(REACH_MS)));
      await waitForHead(bus, { timeoutMs: REACH_MS });
      const next = await eventStore.headOf();
      if (next === head) return;
      head = next;
    }
    throw new OperationalError('the services do not come to rest');
  }
}
