import { readSettings, type Environment } from '@fidelis/config';

/** How long things may take, and how many may be done at once. */
export interface EarningConfig {
  /** How long a ticket waits for its points before it answers `credited: false`. */
  readonly creditWaitMs: number;
  /** The hold of a redemption on a ticket; it lapses by itself if everything else fails. */
  readonly holdMs: number;
  /** Nothing is recorded later than the hold's expiry less this. */
  readonly holdMarginMs: number;
  /** Tickets of one batch that are worked on side by side. */
  readonly lanesMax: number;
  /**
   * How long a ticket or a return that another replica recorded is left to that replica. As long as
   * it retries conflicts: whoever takes longer may be dead. Only points that nobody waits for are
   * late by it.
   */
  readonly completionGraceMs: number;
}

export const earningDefaults: EarningConfig = {
  creditWaitMs: 2_000,
  holdMs: 5 * 60_000,
  holdMarginMs: 60_000,
  lanesMax: 256,
  completionGraceMs: 2_000,
};

/** Checked at the start by the host, so reading it again finds no fault. */
export function earningConfig(environment: Environment): EarningConfig {
  return { ...earningDefaults, creditWaitMs: readSettings(environment).creditWaitMs };
}

/** Items of one `POST /transactions/batch`. */
export const BATCH_TICKETS_MAX = 1_000;
