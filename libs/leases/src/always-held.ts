import { LeasedWorkSwitch } from './leased-work-switch';
import type { HeldLease, LeasedWork, Leases } from './leases';

/** For the only process over a data folder: it does everything, and at once. */
export class AlwaysHeld implements Leases {
  private readonly held: HeldLease[] = [];

  hold(_name: string, work: LeasedWork): HeldLease {
    const lease = new AlwaysHeldLease(work);
    this.held.push(lease);
    return lease;
  }

  async close(): Promise<void> {
    await Promise.all(this.held.map((lease) => lease.release()));
  }
}

class AlwaysHeldLease implements HeldLease {
  isHeld = true;
  readonly settled: Promise<void>;
  private readonly work: LeasedWorkSwitch;

  constructor(work: LeasedWork) {
    this.work = new LeasedWorkSwitch(work);
    this.settled = this.work.want(true);
    this.settled.catch(() => undefined); // it is told to whoever awaits it
  }

  async release(): Promise<void> {
    await this.settled.catch(() => undefined);
    this.isHeld = false;
    await this.work.want(false);
  }
}
