import { CONTROLLED_SERVICES, controlOf } from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import type { Platform } from '@fidelis/service';

/**
 * Waits until every view, process and consumer group of every service has taken in the store's
 * head; what they append meanwhile counts too, until nothing more comes. Under a steady load that
 * never ends, so after `ROUNDS_MAX` it is enough that each has reached a head that was fixed before.
 */
export async function settle(
  platform: Pick<Platform, 'eventStore' | 'calls'>,
  deadline: number,
): Promise<number> {
  const { eventStore, calls } = platform;
  let head = await eventStore.headOf();
  for (let round = 1; ; round += 1) {
    const deadlineMs = remainingMs(deadline);
    const asked = { head, deadlineMs };
    await Promise.all(
      CONTROLLED_SERVICES.map(async (service) =>
        calls.call(controlOf(service).reachHead, asked, { deadlineMs: deadlineMs + ANSWER_MS }),
      ),
    );
    const now = await eventStore.headOf();
    if (now === head || round >= ROUNDS_MAX) return head;
    head = now;
  }
}

const ROUNDS_MAX = 10;
/** The service says itself that it was not in time; its answer comes a little later. */
const ANSWER_MS = 500;

export function remainingMs(deadline: number): number {
  const remaining = deadline - performance.now();
  if (remaining <= 0) throw new OperationalError('the system did not come to rest in time');
  return remaining;
}
