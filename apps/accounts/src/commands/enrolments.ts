import {
  EnrolParticipant,
  ListMemberships,
  WasEnrolmentDone,
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

const operationOf = (participantId: string, revision: number): string =>
  `enrol:${participantId}:${revision}`;

/** What accounts asks of earning about memberships. */
export class Enrolments {
  /** Enrolments that this process asks for, until the process that repairs lost ones passes them. */
  private readonly underWay = new Map<string, Promise<boolean>>();

  constructor(private readonly calls: ServiceCalls) {}

  /** By eligibility, after the event at `revision` of the participant; once per event. */
  auto(
    enrolled: Enrolled,
    { revision, now }: { readonly revision: number; readonly now: Instant },
  ): Promise<Enrolment> {
    const operationId = operationOf(enrolled.participantId, revision);
    const answer = this.askFor(enrolled, { operationId, now });
    const answered = answer.then(
      () => true,
      () => false,
    );
    this.remember(operationId, answered);
    return answer;
  }

  /** Resolves when this process knows the end of it. Asked once; forgetting costs a second look only. */
  async wasAnswered(participantId: string, revision: number): Promise<boolean> {
    const operationId = operationOf(participantId, revision);
    const answered = this.underWay.get(operationId);
    this.underWay.delete(operationId);
    return (await answered) ?? false;
  }

  /** Has anybody's request enrolled after that event? */
  async wasDone(participantId: string, revision: number): Promise<boolean> {
    const operation = { id: operationOf(participantId, revision) };
    return (await this.calls.call(WasEnrolmentDone, { participantId, operation })).done;
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

  private async askFor(
    { participantId, groups, territory }: Enrolled,
    { operationId, now }: { readonly operationId: string; readonly now: Instant },
  ): Promise<Enrolment> {
    const answer = await this.calls.call(EnrolParticipant, {
      participantId,
      groups,
      ...(territory !== undefined && { territory }),
      now,
      operation: { id: operationId },
    });
    if (answer.ok) return answer.value;
    throw new Defect(`enrolment of ${participantId} was refused: ${answer.refusal.detail}`);
  }

  private remember(operationId: string, answered: Promise<boolean>): void {
    if (this.underWay.size >= REMEMBERED_MAX) this.underWay.clear();
    this.underWay.set(operationId, answered);
  }
}
