import { OperationalError } from '@fidelis/kernel';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of a service that is starting again or has too much to do: one second is often enough. */
const ATTEMPTS_MAX = 3;
const PAUSE_MS = 500;

/** Does what could not be done now, or is not known to be done, again: so it must be idempotent. */
export async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OperationalError) || attempt === ATTEMPTS_MAX) throw error;
      await sleep(attempt * PAUSE_MS);
    }
  }
}
