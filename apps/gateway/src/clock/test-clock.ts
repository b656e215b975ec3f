import { OperationalError, systemClock, type Clock, type Instant } from '@fidelis/kernel';
import type { Facts } from '../gateway-tables';

/** Asks the services to do what is due: one round; answers how much there was. */
export type DueRound = (now: Instant) => Promise<number>;

export type ClockSet =
  | { readonly outcome: 'set'; readonly now: Instant }
  | { readonly outcome: 'clock_backwards'; readonly now: Instant };

const OFFSET = 'test-clock-offset-ms';

/** One due thing may make another due (an expiry moves points that expire too): bounded. */
const ROUNDS_MAX = 1000;

/**
 * The system's clock, moved by an offset that survives restarts. `move` answers when everything
 * due up to the new instant has happened.
 */
export class TestClock implements Clock {
  private offsetMs: number | undefined;
  private moving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly facts: Facts,
    private readonly real: Clock = systemClock,
  ) {}

  async open(): Promise<void> {
    const stored = await this.facts.get(OFFSET);
    this.offsetMs = stored === undefined ? undefined : Number(stored);
  }

  now(): Instant {
    if (this.offsetMs === undefined) return this.real.now();
    return new Date(this.realMs() + this.offsetMs).toISOString();
  }

  /** `untouched`: nothing was stored in this folder yet, so the first move may go anywhere. */
  move(to: Instant, untouched: () => Promise<boolean>, due: DueRound): Promise<ClockSet> {
    const moved = this.moving.then(() => this.moveNow(to, untouched, due));
    this.moving = moved.catch(() => undefined);
    return moved;
  }

  private async moveNow(
    to: Instant,
    untouched: () => Promise<boolean>,
    due: DueRound,
  ): Promise<ClockSet> {
    const now = this.now();
    const anywhere = this.offsetMs === undefined && (await untouched());
    if (to < now && !anywhere) return { outcome: 'clock_backwards', now };
    const offsetMs = Date.parse(to) - this.realMs();
    await this.facts.set(OFFSET, String(offsetMs));
    this.offsetMs = offsetMs;
    await this.settle(due);
    return { outcome: 'set', now: this.now() };
  }

  private async settle(due: DueRound): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if ((await due(this.now())) === 0) return;
    }
    throw new OperationalError('what is due does not come to an end');
  }

  private realMs(): number {
    return Date.parse(this.real.now());
  }
}
