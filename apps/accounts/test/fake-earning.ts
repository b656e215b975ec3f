import {
  EnrolParticipant,
  GetMembership,
  GetProgramTerms,
  ListMemberships,
  OpenAccount,
  WasEnrolmentDone,
  type Enrolment,
  type EnrolRequest,
  type MembershipSummary,
} from '@fidelis/contracts';
import { derivedId, OperationalError } from '@fidelis/kernel';
import type { AccountTerms } from '@fidelis/ledger';
import { answering, type CallTable, type ServiceCalls } from '@fidelis/service-calls';

export const terms: AccountTerms = {
  programId: 'prog',
  version: 1,
  currency: 'EUR',
  timeZone: 'UTC',
  redeem: { points: 100, worth: 100 },
  expiry: { policy: 'rolling', after: 'P10D' },
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [{ code: 'points', spendable: true }],
};

/** One programme, `prog`, that enrols everybody; `away` makes it silent. */
export class FakeEarning {
  away = false;
  /** So many enrolments fail from now on. */
  failures = 0;
  enrolments = 0;
  /** Today's terms of `prog`. */
  terms: AccountTerms = terms;
  private readonly done = new Set<string>();
  private readonly memberships = new Map<string, MembershipSummary>();

  answer(table: CallTable, calls: ServiceCalls): void {
    table.add(answering(EnrolParticipant, (request) => this.enrol(request, calls)));
    table.add(
      answering(WasEnrolmentDone, ({ operation }) =>
        Promise.resolve({ done: this.done.has(operation.id) }),
      ),
    );
    table.add(
      answering(ListMemberships, ({ participantId }) =>
        Promise.resolve(
          [...this.memberships.values()].filter((m) => m.participantId === participantId),
        ),
      ),
    );
    table.add(
      answering(GetProgramTerms, () =>
        Promise.resolve({ ...this.terms, name: 'Programme', tierCodes: ['bronze'] }),
      ),
    );
    table.add(
      answering(GetMembership, ({ accountId }) =>
        Promise.resolve(this.memberships.get(accountId) ?? null),
      ),
    );
  }

  private async enrol(request: EnrolRequest, calls: ServiceCalls) {
    if (this.away || this.failures > 0) {
      this.failures = Math.max(0, this.failures - 1);
      throw new OperationalError('earning is away');
    }
    const { participantId, programId = 'prog', now } = request;
    if (programId !== 'prog') {
      const refusal = { code: 'program_not_found', detail: `no programme ${programId}` };
      return { ok: false as const, refusal };
    }
    this.enrolments += 1;
    const accountId = derivedId('account', participantId, programId);
    const created = !this.memberships.has(accountId);
    const operation = { id: `open:${accountId}` };
    await calls.call(OpenAccount, { accountId, participantId, sequence: 1, terms, now, operation });
    const membership = { accountId, programId, participantId, tier: 'bronze' };
    this.memberships.set(accountId, membership);
    this.done.add(request.operation.id);
    const value: Enrolment = {
      result: 'enrolled',
      programIds: [programId],
      memberships: [membership],
      created,
    };
    return { ok: true as const, value };
  }
}
