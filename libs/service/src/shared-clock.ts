import type { Clock, Instant } from '@fidelis/kernel';

/** A clock that people may move (FIDELIS_TEST_CLOCK): one for all processes of an installation. */
export interface SharedClock extends Clock {
  /**
   * Resolves with `true` when every live process tells the new time and keeps it over a restart;
   * the clock runs on from there. `false`: it is later already, and nothing was moved. `anywhere`:
   * the very first move may also go back.
   */
  move(to: Instant, options: { readonly anywhere: boolean }): Promise<boolean>;
}
