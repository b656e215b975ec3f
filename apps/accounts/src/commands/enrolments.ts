import {
  EnrolParticipant,
  ListMemberships,
  type Answered,
  type Enrolment,
  type MembershipSummary,
} from '@fidelis/contracts';
import { Defect, type Instant, type Eventually } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';

export interface Enrolled {
  readonly participantId: string;
  readonly groups: readonly string[];
  readonly territory?: string;
}

const REMEMBERED_MAX = 10_000;

const keyOf = (participantId: string, revision: number): string => `${participantId} ${revision}`;

/** What accounts asks of earning about memberships. */
export class Enrolments {
  /** Enrolments that were answered here, until the process that repairs lost ones passes them. */
  private readonly answered = new Set<string>();

  constructor(private readonly calls: ServiceCalls) {}

  /** By eligibility, after the event at `revision` of the participant; once per event. */
  async auto(
    { participantId, groups, territory }: Enrolled,
    { revision, now }: { readonly revision: number; readonly now: Instant },
  ): Promise<Enrolment> {
    const answer = await this.calls.call(EnrolParticipant, {
      participantId,
      groups,
      ...(territory !== undefined && { territory }),
      now,
      operation: { id: `enrol:${participantId}:${revision}` },
    });
    if (answer.ok) {
      this.remember(keyOf(participantId, revision));
      return answer.value;
    }
    throw new Defect(`enrolment of ${participantId} was refused: ${answer.refusal.detail}`);
  }

  /** Has this process enrolled after that event? Asked once; forgetting costs a second look only. */
  wasAnswered(participantId: string, revision: number): boolean {
    return this.answered.delete(keyOf(participantId, revision));
  }

  /** Into one programme, whoever is eligible. */
  into(
    programId: string,
    { participantId, groups, territory }: Enrolled,
    now: Instant,
  ): Eventually<Answered<Enrolment>> {
    return this.calls.call(EnrolParticipant, {
      participantId,
      groups,
      ...(territory !== undefined && { territory }),
      programId,
      now,
      operation: { id: `enrol:${participantId}:into:${programId}` },
    });
  }

  of(participantId: string, now: Instant): Eventually<readonly MembershipSummary[]> {
    return this.calls.call(ListMemberships, { participantId, now });
  }

  private remember(key: string): void {
    if (this.answered.size >= REMEMBERED_MAX) this.answered.clear();
    this.answered.add(key);
  }
}
