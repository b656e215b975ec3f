import { OpenAccount, type Answered, type EnrolRequest } from '@fidelis/contracts';
import {
  assertInvariant,
  eventually,
  OperationalError,
  type Instant,
  type Eventually,
} from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import {
  enrolAutomatically,
  enrolManually,
  type Enrolment,
  type MembershipRef,
} from '../domain/enrolment';
import { openMembership, type Membership, type MembershipOpened } from '../domain/membership';
import type { EarningStreams } from '../earning.streams';
import { openingOf, toOpenAccount } from '../outbound/award-messages';
import type { Rulebook, Rules } from '../rules/rulebook';
import type { Person } from '../rules/ticket-facts';

export interface Enrolled {
  readonly enrolment: Enrolment;
  /** This very operation made a new membership. */
  readonly created: boolean;
}

export interface EnrolOptions {
  readonly now: Instant;
  readonly operation: { readonly id: string; readonly actor?: string | undefined };
  /** A programme that enrols whoever is there already. */
  readonly enrolExistingInto?: string;
}

/** Puts participants into programmes: enrolment stream, membership, account, in this order. */
export class Enrolments {
  constructor(
    private readonly streams: EarningStreams,
    private readonly rulebook: Rulebook,
    private readonly calls: ServiceCalls,
  ) {}

  of(participantId: string): Eventually<Enrolment> {
    return eventually(this.streams.enrolments.load(participantId), ({ state }) => state);
  }

  /** Answers when the account is open. Refusal: `program_not_found`. */
  async enrol(request: EnrolRequest): Promise<Answered<Enrolled>> {
    const rules = await this.rulebook.current();
    const { programId } = request;
    if (programId === undefined) {
      return { ok: true, value: await this.enrolByRules(request, rules, request) };
    }
    if (rules.programs.has(programId)) {
      return { ok: true, value: await this.enrolInto(programId, request, rules) };
    }
    const detail = `there is no programme ${programId}`;
    return { ok: false, refusal: { code: 'program_not_found', detail } };
  }

  /** Auto-enrolment: exactly one matching programme enrols. */
  async enrolByRules(person: Person, rules: Rules, options: EnrolOptions): Promise<Enrolled> {
    const { now, operation, enrolExistingInto } = options;
    const handled = await this.streams.enrolments.handle({
      id: person.participantId,
      operation,
      now,
      decide: (enrolment) =>
        enrolAutomatically(
          { ...person, programs: [...rules.programs.values()], enrolExistingInto, now },
          enrolment,
        ),
    });
    return this.opened(handled, rules, person.participantId);
  }

  /** The membership and its account, opened again after a crash too. */
  async open(ref: MembershipRef, participantId: string, rules: Rules): Promise<void> {
    const opened = await this.openMembership(ref, participantId, rules);
    await this.openAccount(opened, opened.openedAt);
  }

  private async enrolInto(
    programId: string,
    request: EnrolRequest,
    rules: Rules,
  ): Promise<Enrolled> {
    const { participantId, now, operation } = request;
    const handled = await this.streams.enrolments.handle({
      id: participantId,
      operation: { id: operation.id, actor: operation.actor },
      now,
      decide: (enrolment) => enrolManually({ participantId, programId, now }, enrolment),
    });
    return this.opened(handled, rules, participantId);
  }

  private async opened(
    handled: Awaited<ReturnType<EarningStreams['enrolments']['handle']>>,
    rules: Rules,
    participantId: string,
  ): Promise<Enrolled> {
    assertInvariant(handled.outcome !== 'rejected', 'enrolment never refuses');
    const added = handled.events.flatMap((event) =>
      event.type === 'ParticipantEnrolled' ? [event.data] : [],
    );
    for (const membership of added) await this.open(membership, participantId, rules);
    await handled.durable;
    return { enrolment: handled.state, created: added.length > 0 };
  }

  /** Its operation is the membership itself: there is one first event. */
  private async openMembership(
    { programId, accountId }: MembershipRef,
    participantId: string,
    rules: Rules,
  ): Promise<MembershipOpened['data']> {
    const { state } = await this.streams.enrolments.load(participantId);
    const now = state.memberships.find((known) => known.accountId === accountId)?.enrolledAt;
    assertInvariant(now !== undefined, `${participantId} is not in ${programId}`);
    const program = rules.programAt(programId, now);
    assertInvariant(program !== undefined, `programme ${programId} of ${accountId} is missing`);
    const handled = await this.streams.memberships.handle({
      id: accountId,
      operation: { id: openingOf(accountId) },
      now,
      decide: (membership: Membership) =>
        openMembership({ accountId, participantId, program, now }, membership),
    });
    assertInvariant(handled.outcome !== 'rejected', 'opening never refuses');
    await handled.durable;
    const [event] = handled.events;
    if (event?.type === 'MembershipOpened') return event.data;
    throw new OperationalError(`membership ${accountId} was opened by another operation`);
  }

  private async openAccount(data: MembershipOpened['data'], now: Instant): Promise<void> {
    await this.calls.call(OpenAccount, { ...toOpenAccount(data), now });
  }
}
