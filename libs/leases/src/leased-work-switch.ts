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
    this.settling ??= this.settle().finally(() => {
      this.settling = undefined;
    });
    return this.settling;
  }

  private async settle(): Promise<void> {
    while (this.running !== this.wanted) {
      if (this.running) {
        await this.work.stop();
        this.running = false;
      } else await this.start();
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
