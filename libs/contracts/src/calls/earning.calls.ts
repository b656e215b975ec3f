import type { Instant } from '@fidelis/kernel';
import { defineCall, type Answered, type Operation } from '../call';
import type { AccountTerms } from '../terms';

const participantOf = ({ participantId }: { readonly participantId: string }): string =>
  participantId;

export interface EnrolRequest {
  readonly participantId: string;
  readonly groups: readonly string[];
  readonly territory?: string;
  /** Manual enrolment into this programme; absent: auto-enrolment by eligibility. */
  readonly programId?: string;
  readonly now: Instant;
  readonly operation: Operation;
}

export interface Enrolment {
  readonly result: 'enrolled' | 'none' | 'conflict';
  /** Enrolled: the programme. Conflict: those that match. */
  readonly programIds: readonly string[];
  readonly memberships: readonly MembershipSummary[];
  /** `true` when this very call made a new membership. */
  readonly created: boolean;
}

export interface MembershipSummary {
  /** The membership and its account share this id. */
  readonly accountId: string;
  readonly programId: string;
  readonly participantId: string;
  readonly tier: string;
}

/** The accounts are open when it answers. Refusals: `program_not_found`. */
export const EnrolParticipant = defineCall<EnrolRequest, Answered<Enrolment>>(
  'earning',
  'enrol-participant',
  { about: participantOf },
);

/** Whether this operation of `EnrolParticipant` recorded its outcome: cheaper than asking again. */
export const WasEnrolmentDone = defineCall<
  { readonly participantId: string; readonly operation: Operation },
  { readonly done: boolean }
>('earning', 'was-enrolment-done');

export const ListMemberships = defineCall<
  { readonly participantId: string; readonly now: Instant },
  readonly MembershipSummary[]
>('earning', 'list-memberships', { about: participantOf });

/** `null`: no such membership. */
export const GetMembership = defineCall<
  { readonly accountId: string; readonly now: Instant },
  MembershipSummary | null
>('earning', 'get-membership', { about: ({ accountId }) => accountId });

/** Today's terms of a programme; `null`: no such programme, or none was named and there is not exactly one. */
export const GetProgramTerms = defineCall<
  { readonly programId?: string; readonly now: Instant },
  (AccountTerms & { readonly name: string; readonly tierCodes: readonly string[] }) | null
>('earning', 'get-program-terms', { standing: true });
