// Stored format: add or upcast, never edit. No personal data: it lies in a table that can be erased.
import type { Instant } from '@fidelis/kernel';

export interface ParticipantRegistered {
  readonly type: 'ParticipantRegistered';
  readonly data: {
    readonly participantId: string;
    /** Keyed hash; absent: the participant has no external id. */
    readonly externalIdHash?: string;
    /** Keyed hash of all that the client said: the row of the personal data has it as its key. */
    readonly contentHash: string;
    readonly groups: readonly string[];
    readonly territory?: string;
    readonly at: Instant;
  };
}

export interface ProfileRevised {
  readonly type: 'ProfileRevised';
  readonly data: {
    readonly contentHash: string;
    readonly groups: readonly string[];
    readonly territory?: string;
    readonly at: Instant;
  };
}

export type ParticipantEvent = ParticipantRegistered | ProfileRevised;
