import { OperationalError } from '@fidelis/kernel';
import { waitForHead } from '@fidelis/messaging';
import type { Platform } from '@fidelis/service';

/**
 * Waits until every view, process and consumer group of this process has taken in the store's head;
 * what they append meanwhile counts too, until nothing more comes. Under a steady load that never
 * ends, so after `ROUNDS_MAX` it is enough that each has reached a head that was fixed before.
 */
export async function settle(platform: Platform, deadline: number): Promise<number> {
  const { eventStore, bus, runtimes } = platform;
  let head = await eventStore.headOf();
  for (let round = 1; ; round += 1) {
    const timeoutMs = remainingMs(deadline);
    await Promise.all([
      ...runtimes.all().map((service) => service.reachHead(timeoutMs)),
      waitForHead(bus, { head, timeoutMs }),
    ]);
    const now = await eventStore.headOf();
    if (now === head || round >= ROUNDS_MAX) return head;
    head = now;
  }
}

const ROUNDS_MAX = 10;

export function remainingMs(deadline: number): number {
  const remaining = deadline - performance.now();
  if (remaining <= 0) throw new OperationalError('the system did not come to rest in time');
  return remaining;
}
