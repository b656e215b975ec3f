// Stored format of vendor spend streams: add event types or upcast old ones, never edit.
import type { Instant } from '@fidelis/kernel';

export interface SpendCounted {
  readonly type: 'SpendCounted';
  readonly data: {
    readonly purchaseId: string;
    /** Minor units. */
    readonly amount: number;
    readonly at: Instant;
    /** What was counted before this instant is out of the window and forgotten. */
    readonly windowStart: Instant;
  };
}

export interface SpendGivenBack {
  readonly type: 'SpendGivenBack';
  readonly data: { readonly purchaseId: string; readonly at: Instant };
}

export type VendorSpendEvent = SpendCounted | SpendGivenBack;
