import type { Aggregate, Instant } from '@fidelis/kernel';
import type { EligibilityAssessed, EnrolmentEvent } from './enrolment.events';

export interface MembershipRef {
  readonly programId: string;
  /** The membership's id, and its account's. */
  readonly accountId: string;
}

export interface EnrolledMembership extends MembershipRef {
  readonly enrolledAt: Instant;
}

/** In which programmes one participant is. */
export interface Enrolment {
  readonly memberships: readonly EnrolledMembership[];
  /** What auto-enrolment saw and found last. */
  readonly assessed?: EligibilityAssessed['data'];
}

export const enrolmentAggregate: Aggregate<Enrolment, EnrolmentEvent> = {
  category: 'enrolment',
  initial: { memberships: [] },
  evolve: evolveEnrolment,
};

export function evolveEnrolment(enrolment: Enrolment, event: EnrolmentEvent): Enrolment {
  switch (event.type) {
    case 'EligibilityAssessed':
      return { ...enrolment, assessed: event.data };
    case 'ParticipantEnrolled': {
      const { programId, accountId, enrolledAt } = event.data;
      const membership = { programId, accountId, enrolledAt };
      return { ...enrolment, memberships: [...enrolment.memberships, membership] };
    }
  }
}
