import { CONTROLLED_SERVICES, controlOf } from '@fidelis/contracts';
import { OperationalError, type Clock, type Instant } from '@fidelis/kernel';
import { START } from '@fidelis/event-store';
import type { Platform, SharedClock } from '@fidelis/service';

export type ClockSet =
  | { readonly outcome: 'set'; readonly now: Instant }
  | { readonly outcome: 'clock_backwards'; readonly now: Instant };

const REACH_MS = 30_000;
/** The service has its deadline; this is for its answer to arrive. */
const CALL_MS = REACH_MS + 5_000;
/** Years may pass at once, with all that expires in them. */
const DUE_MS = 280_000;
/** Messages cause messages; a loop of them without an end is a fault of ours. */
const TURNS_MAX = 1000;
/** One due thing may make another due (an expiry moves points that expire too): bounded. */
const ROUNDS_MAX = 1000;

/** The test clock with the services that must follow it, wherever they run. */
export class TimeTravel {
  private moving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: {
      readonly testClock: SharedClock | undefined;
      readonly clock: Clock;
      readonly platform: Pick<Platform, 'eventStore' | 'calls'>;
    },
  ) {}

  get isOn(): boolean {
    return this.parts.testClock !== undefined;
  }

  now(): Instant {
    return this.parts.clock.now();
  }

  /** Resolves when everything due up to `to` has happened, in every service. */
  moveTo(to: Instant): Promise<ClockSet> {
    const moved = this.moving.then(() => this.moveNow(to));
    this.moving = moved.catch(() => undefined);
    return moved;
  }

  private async moveNow(to: Instant): Promise<ClockSet> {
    const { testClock, platform } = this.parts;
    if (testClock === undefined) throw new OperationalError('the test clock is off');
    const anywhere = (await platform.eventStore.headOf()) === START;
    if (!(await testClock.move(to, { anywhere }))) {
      return { outcome: 'clock_backwards', now: testClock.now() };
    }
    await this.settle();
    return { outcome: 'set', now: testClock.now() };
  }

  private async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if ((await this.dueRound(this.now())) === 0) return;
    }
    throw new OperationalError('what is due does not come to an end');
  }

  private async dueRound(now: Instant): Promise<number> {
    await this.everythingSeen();
    const { calls } = this.parts.platform;
    let settled = 0;
    for (const service of CONTROLLED_SERVICES) {
      const done = await calls.call(controlOf(service).runDue, { now }, { deadlineMs: DUE_MS });
      settled += done.settled;
    }
    if (settled > 0) return settled;
    await this.everythingSeen();
    return 0;
  }

  /** Until all views, processes and consumers have seen all events, theirs included. */
  private async everythingSeen(): Promise<void> {
    const { eventStore, calls } = this.parts.platform;
    let head = await eventStore.headOf();
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      const request = { head, deadlineMs: REACH_MS };
      await Promise.all(
        CONTROLLED_SERVICES.map(async (service) =>
          calls.call(controlOf(service).reachHead, request, { deadlineMs: CALL_MS }),
        ),
      );
      const next = await eventStore.headOf();
      if (next === head) return;
      head = next;
    }
    throw new OperationalError('the services do not come to rest');
  }
}
