import {
  CaptureHold,
  GetAccount,
  GetProgramTerms,
  HoldPoints,
  ListMemberships,
  ReleaseHold,
  ResolveParticipant,
  type AccountSummary,
  type AccountTerms,
  type Answered,
  type CaptureRequest,
  type Captured,
  type Held,
  type HoldRequest,
  type ParticipantRef,
} from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { answering, type CallTable } from '@fidelis/service-calls';
import { answerRehearsals } from '@fidelis/testing/rehearsed-neighbour';

export const PROGRAM = 'club';

interface Hold {
  readonly accountId: string;
  readonly points: number;
  readonly expiresAt: string;
  status: 'held' | 'captured' | 'released';
}

interface Member {
  readonly tier: string;
  available: number;
}

type Step = 'hold' | 'capture' | 'release';

/** accounts and earning, as far as this service asks them: one programme, one wallet. */
export class FakeNeighbours {
  readonly members = new Map<string, Member>();
  readonly holds = new Map<string, Hold>();
  private readonly done = new Map<string, unknown>();
  /** The next call of this step does its work, and its answer is lost. */
  loseAnswerOf: Step | undefined;
  /** The next call of this step never arrives. */
  loseCallOf: Step | undefined;

  register(participantId: string, available: number, tier = 'bronze'): void {
    this.members.set(participantId, { tier, available });
  }

  available(participantId: string): number {
    return this.members.get(participantId)?.available ?? 0;
  }

  answer(table: CallTable): void {
    const terms = { programId: PROGRAM } as AccountTerms;
    const calls = [
      answering(ResolveParticipant, (ref) => Promise.resolve(this.resolve(ref))),
      answering(ListMemberships, ({ participantId }) =>
        Promise.resolve(this.memberships(participantId)),
      ),
      answering(GetProgramTerms, ({ programId }) =>
        Promise.resolve(programId === PROGRAM ? { ...terms, name: 'Club', tierCodes: [] } : null),
      ),
      answering(GetAccount, ({ accountId }) => Promise.resolve(this.account(accountId, terms))),
      answering(HoldPoints, (request) =>
        this.once('hold', request.operation.id, () => this.hold(request)),
      ),
      answering(CaptureHold, (request) =>
        this.once('capture', request.operation.id, () => this.capture(request)),
      ),
      answering(ReleaseHold, ({ holdId, operation }) =>
        this.once('release', operation.id, () => this.release(holdId)),
      ),
    ];
    for (const call of calls) table.add(call);
    answerRehearsals(this, table, ['accounts', 'earning']);
  }

  /** What this operation did before; a refusal is not remembered. */
  private once<T>(step: Step, operationId: string, work: () => Answered<T>): Promise<Answered<T>> {
    if (this.loseCallOf === step) {
      this.loseCallOf = undefined;
      return Promise.reject(new OperationalError(`${step}: not reached`));
    }
    const answer = (this.done.get(operationId) as Answered<T> | undefined) ?? work();
    if (answer.ok) this.done.set(operationId, answer);
    if (this.loseAnswerOf !== step) return Promise.resolve(answer);
    this.loseAnswerOf = undefined;
    const lost = new OperationalError(`${step}: no answer`, { outcomeUnknown: true });
    return Promise.reject(lost);
  }

  private resolve(ref: ParticipantRef) {
    const participantId = ref.id ?? ref.externalId ?? '';
    if (!this.members.has(participantId)) return null;
    return { participantId, status: 'active' as const, groups: ['retail'] };
  }

  private memberships(participantId: string) {
    const member = this.members.get(participantId);
    if (member === undefined) return [];
    const { tier } = member;
    return [{ accountId: `acc-${participantId}`, programId: PROGRAM, participantId, tier }];
  }

  private account(accountId: string, terms: AccountTerms): AccountSummary | null {
    const participantId = accountId.slice('acc-'.length);
    const member = this.members.get(participantId);
    if (member === undefined) return null;
    const { available } = member;
    const held = [...this.holds.values()]
      .filter((hold) => hold.accountId === accountId && hold.status === 'held')
      .reduce((sum, hold) => sum + hold.points, 0);
    const balance = { available, pending: 0, held, total: available + held, debt: 0 };
    return { accountId, participantId, programId: PROGRAM, status: 'open', balance, terms };
  }

  private hold({ accountId, points, expiresAt, operation }: HoldRequest): Answered<Held> {
    const member = this.members.get(accountId.slice('acc-'.length));
    const available = member?.available ?? 0;
    if (member === undefined || available < points) {
      const detail = 'not enough';
      const code = 'insufficient_points';
      return { ok: false, refusal: { code, detail, available, requested: points } };
    }
    member.available -= points;
    const holdId = `hold:${operation.id}`;
    this.holds.set(holdId, { accountId, points, expiresAt, status: 'held' });
    return { ok: true, value: { holdId, points, expiresAt, lots: [] } };
  }

  private capture({ holdId, now }: CaptureRequest): Answered<Captured> {
    const hold = this.holds.get(holdId);
    if (hold?.status === 'held' && hold.expiresAt <= now) this.release(holdId);
    if (hold?.status !== 'held') {
      return { ok: false, refusal: { code: 'hold_not_active', detail: 'lapsed' } };
    }
    hold.status = 'captured';
    return { ok: true, value: { holdId, points: hold.points, releasedPoints: 0, lots: [] } };
  }

  private release(holdId: string): Answered<{ readonly holdId: string }> {
    const hold = this.holds.get(holdId);
    const member = this.members.get(hold?.accountId.slice('acc-'.length) ?? '');
    if (hold?.status === 'held' && member !== undefined) {
      hold.status = 'released';
      member.available += hold.points;
    }
    return { ok: true, value: { holdId } };
  }
}
