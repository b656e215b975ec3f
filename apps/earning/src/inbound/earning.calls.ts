import {
  EnrolParticipant,
  GetMembership,
  GetProgramTerms,
  ListMemberships,
  WasEnrolmentDone,
  type AccountTerms,
  type Answered,
  type Enrolment,
  type EnrolRequest,
  type MembershipSummary,
} from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import { answering, type AnsweredCall } from '@fidelis/service-calls';
import type { Enrolments } from '../commands/enrol';
import { tierHeldAt } from '../domain/membership';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook, Rules } from '../rules/rulebook';

type Terms = (AccountTerms & { readonly name: string; readonly tierCodes: string[] }) | null;

/** What this service answers to others. */
export class EarningAnswers {
  constructor(
    private readonly streams: EarningStreams,
    private readonly rulebook: Rulebook,
    private readonly enrolments: Enrolments,
  ) {}

  calls(): readonly AnsweredCall[] {
    return [
      answering(EnrolParticipant, (request) => this.enrol(request)),
      answering(WasEnrolmentDone, async ({ participantId, operation }) => ({
        done: await this.streams.enrolments.wasDone(participantId, operation.id),
      })),
      answering(ListMemberships, ({ participantId, now }) => this.listOf(participantId, now)),
      answering(GetMembership, ({ accountId, now }) => this.membership(accountId, now)),
      answering(GetProgramTerms, ({ programId, now }) => this.terms(programId, now)),
    ];
  }

  /** Without an id: of the only programme there is. */
  private async terms(programId: string | undefined, now: Instant): Promise<Terms> {
    const rules = await this.rulebook.current();
    const [only, ...others] = rules.programs.keys();
    const id = programId ?? (others.length === 0 ? only : undefined);
    const program = id === undefined ? undefined : rules.programAt(id, now);
    if (program === undefined) return null;
    const { accountTerms, terms } = program;
    const tierCodes = terms.tiers.map((tier) => tier.code);
    return { ...accountTerms, name: terms.name, tierCodes };
  }

  private async enrol(request: EnrolRequest): Promise<Answered<Enrolment>> {
    const enrolled = await this.enrolments.enrol(request);
    if (!enrolled.ok) return enrolled;
    const { enrolment, created } = enrolled.value;
    const memberships = await this.listOf(request.participantId, request.now);
    const manual = request.programId;
    const { result, programIds } =
      manual === undefined
        ? (enrolment.assessed ?? { result: 'none' as const, programIds: [] })
        : { result: 'enrolled' as const, programIds: [manual] };
    return { ok: true, value: { result, programIds, memberships, created } };
  }

  private async listOf(participantId: string, now: Instant): Promise<readonly MembershipSummary[]> {
    const rules = await this.rulebook.current();
    const { memberships } = await this.enrolments.of(participantId);
    const summaries: MembershipSummary[] = [];
    for (const { accountId } of memberships) {
      const summary = await this.summaryOf(accountId, rules, now);
      if (summary !== null) summaries.push(summary);
    }
    return summaries;
  }

  private async membership(accountId: string, now: Instant): Promise<MembershipSummary | null> {
    return this.summaryOf(accountId, await this.rulebook.current(), now);
  }

  /** With the tier as of now: a window may have run out since the last ticket. */
  private async summaryOf(
    accountId: string,
    rules: Rules,
    now: Instant,
  ): Promise<MembershipSummary | null> {
    const { state } = await this.streams.memberships.load(accountId);
    if (state.status === 'absent') return null;
    const { programId, participantId } = state;
    const program = rules.programAt(programId, now);
    const tier = program === undefined ? state.tier : tierHeldAt(state, program.terms, now).tier;
    return { accountId, programId, participantId, tier };
  }
}
