import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@fidelis/contracts';
import type { Leases } from '@fidelis/leases';
import { feedsLeaseOf } from '@fidelis/service';

/** Somebody else feeds these views now. */
export class ServicesRun extends Error {
  constructor(readonly services: readonly ServiceName[]) {
    super(`${services.join(', ')} run: stop all services first`);
    this.name = 'ServicesRun';
  }
}

/** Longer than a lease outlives a process that was killed: 5 s. */
const PATIENCE_MS = 8000;
const POLL_MS = 50;
const NOTHING = { start: () => Promise.resolve(), stop: () => Promise.resolve() };

/**
 * Takes the leases of all services, so that those which start meanwhile stand by. Closing `leases`
 * gives them back. @throws ServicesRun
 */
export async function holdServices(
  leases: Leases,
  services: readonly ServiceName[],
): Promise<void> {
  const wanted = services.map((service) => ({
    service,
    lease: leases.hold(feedsLeaseOf(service), NOTHING),
  }));
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const others = wanted.filter(({ lease }) => !lease.isHeld);
    if (others.length === 0) return;
    if (performance.now() > deadline) throw new ServicesRun(others.map(({ service }) => service));
    await sleep(POLL_MS);
  }
}
