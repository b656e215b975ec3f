import { addMs } from '@fidelis/kernel';
import type { Platform } from '@fidelis/service';

const HOUR_MS = 3_600_000;
/** A dead letter's payload may name people; its reason and place stay. */
const PAYLOAD_KEPT_MS = 30 * 24 * HOUR_MS;

/** Erases what may not be kept longer, every hour. End it with `clearInterval`. */
export function keepHouse({
  bus,
  clock,
  onBackgroundError,
}: Pick<Platform, 'bus' | 'clock' | 'onBackgroundError'>): NodeJS.Timeout {
  const timer = setInterval(() => {
    const before = addMs(clock.now(), -PAYLOAD_KEPT_MS);
    Promise.resolve(bus.deadLetters.erasePayloadsBefore(before)).catch((error: unknown) => {
      onBackgroundError('gateway.housekeeping', error);
    });
  }, HOUR_MS);
  return timer.unref();
}
