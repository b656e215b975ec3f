// Stored format: add or upcast, never edit. The stream's name is a keyed hash of the external id.
import type { Instant } from '@fidelis/kernel';

/** From now on this external id names that participant. */
export interface ExternalIdClaimed {
  readonly type: 'ExternalIdClaimed';
  readonly data: { readonly participantId: string; readonly at: Instant };
}

export type ExternalIdEvent = ExternalIdClaimed;
