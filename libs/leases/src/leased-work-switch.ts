import type { LeasedWork } from './leases';

/** Starts and stops one piece of work, one step at a time, until it is as it was last wanted. */
export class LeasedWorkSwitch {
  private wanted = false;
  private running = false;
  private settling: Promise<void> | undefined;

  constructor(private readonly work: LeasedWork) {}

  /** Rejects when the last step failed: then ask again. */
  want(wanted: boolean): Promise<void> {
    this.wanted = wanted;
    if (this.settling === undefined && this.running === wanted) return Promise.resolve();
    this.settling ??= this.settle();
    return this.settling;
  }

  private async settle(): Promise<void> {
    try {
      while (this.running !== this.wanted) {
        if (this.running) {
          await this.work.stop();
          this.running = false;
        } else await this.start();
      }
    } finally {
      // In the same turn as the look above, so that no wish falls in between.
      this.settling = undefined;
    }
  }

  private async start(): Promise<void> {
    try {
      await this.work.start();
      this.running = true;
    } catch (error) {
      await this.work.stop();
      throw error;
    }
  }
}
