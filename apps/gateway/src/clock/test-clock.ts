import { systemClock, type Clock, type Instant } from '@fidelis/kernel';
import type { SharedClock } from '@fidelis/service';
import type { Facts } from '../gateway-tables';

const OFFSET = 'test-clock-offset-ms';

/**
 * The test clock where one process is all there is: the system's clock, moved by an offset that
 * survives restarts.
 */
export class TestClock implements SharedClock {
  private offsetMs: number | undefined;

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

  async move(to: Instant, { anywhere }: { readonly anywhere: boolean }): Promise<boolean> {
    const first = this.offsetMs === undefined;
    if (to < this.now() && !(first && anywhere)) return false;
    const offsetMs = Date.parse(to) - this.realMs();
    await this.facts.set(OFFSET, String(offsetMs));
    this.offsetMs = offsetMs;
    return true;
  }

  private realMs(): number {
    return Date.parse(this.real.now());
  }
}
