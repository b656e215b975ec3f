/** How long things may take, and how many may be asked for at once. */
export interface RewardStoreConfig {
  /** A lock without a redemption frees the offer after this: a checkout takes minutes. */
  readonly lockMs: number;
  /** The hold of an offer purchase; it lapses by itself if everything else fails. */
  readonly holdMs: number;
  /** After this a purchase begins no new step. Less than `holdMs`, so a hold outlives its use. */
  readonly purchaseMsMax: number;
  /** A purchase that has not ended by then is resumed: its process may have died. */
  readonly resumeAfterMs: number;
}

export const rewardStoreDefaults: RewardStoreConfig = {
  lockMs: 15 * 60_000,
  holdMs: 2 * 60_000,
  purchaseMsMax: 60_000,
  resumeAfterMs: 3_000,
};

/** Copies in one purchase: each is a stream of its own. */
export const COPIES_MAX = 100;
