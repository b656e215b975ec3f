import type { Aggregate } from '@fidelis/kernel';
import type { EligibilityAssessed, EnrolmentEvent } from './enrolment.events';

export interface MembershipRef {
  readonly programId: string;
  readonly accountId: string;
}

/** In which programmes one participant is. */
export interface Enrolment {
  readonly memberships: readonly MembershipRef[];
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
      const { programId, accountId } = event.data;
      return { ...enrolment, memberships: [...enrolment.memberships, { programId, accountId }] };
    }
  }
}
