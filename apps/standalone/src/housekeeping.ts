import { addMs } from '@fidelis/kernel';
import type { EmbeddedPlatform } from './embedded-platform';

const HOUR_MS = 3_600_000;
/** A dead letter's payload may name people; its reason and place stay. */
const PAYLOAD_KEPT_MS = 30 * 24 * HOUR_MS;

/** Erases what may not be kept longer, every hour. End it with `clearInterval`. */
export function keepHouse({ bus, clock, onBackgroundError }: EmbeddedPlatform): NodeJS.Timeout {
  const timer = setInterval(() => {
    const before = addMs(clock.now(), -PAYLOAD_KEPT_MS);
    Promise.resolve(bus.deadLetters.erasePayloadsBefore(before)).catch((error: unknown) => {
      onBackgroundError('standalone.housekeeping', error);
    });
  }, HOUR_MS);
  return timer.unref();
}
