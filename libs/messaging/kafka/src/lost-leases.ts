import { AlwaysHeld, type HeldLease, type LeasedWork, type Leases } from '@fidelis/leases';

/** For tests: leases that go to another replica while this one is paused, so nobody stops its work. */
export class LostLeases implements Leases {
  private readonly leases = new AlwaysHeld();
  isLost = false;

  hold(name: string, work: LeasedWork): HeldLease {
    const lease = this.leases.hold(name, work);
    const isHeld = (): boolean => !this.isLost;
    return {
      get isHeld() {
        return isHeld();
      },
      settled: lease.settled,
      release: () => lease.release(),
    };
  }

  close(): Promise<void> {
    return this.leases.close();
  }
}
