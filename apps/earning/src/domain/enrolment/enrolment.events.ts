// Stored format: add fields or upcast, never edit what is here.
import type { Instant } from '@fidelis/kernel';

/** The participant was looked at by the rules of auto-enrolment; several matches are a conflict. */
export interface EligibilityAssessed {
  readonly type: 'EligibilityAssessed';
  readonly data: {
    readonly participantId: string;
    readonly groups: readonly string[];
    readonly territory?: string;
    readonly result: 'enrolled' | 'none' | 'conflict';
    readonly programIds: readonly string[];
  };
}

export interface ParticipantEnrolled {
  readonly type: 'ParticipantEnrolled';
  readonly data: {
    readonly participantId: string;
    readonly programId: string;
    /** The membership and the account share it. */
    readonly accountId: string;
    readonly manner: 'automatic' | 'manual';
    readonly enrolledAt: Instant;
  };
}

export type EnrolmentEvent = EligibilityAssessed | ParticipantEnrolled;
