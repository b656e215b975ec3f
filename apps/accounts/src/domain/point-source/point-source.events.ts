// Stored format: add or upcast, never edit.
import type { Instant } from '@fidelis/kernel';

/** From now on points may be granted from this pot. */
export interface PointSourceDefined {
  readonly type: 'PointSourceDefined';
  readonly data: { readonly pointSourceId: string; readonly name: string; readonly at: Instant };
}

export type PointSourceEvent = PointSourceDefined;
