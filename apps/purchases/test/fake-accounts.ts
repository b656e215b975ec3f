import {
  CaptureHold,
  GetAccount,
  HoldPoints,
  ListMemberships,
  ReleaseHold,
  ResolveParticipant,
  RestorePoints,
  type AccountSummary,
  type AccountTerms,
  type Answered,
  type CaptureRequest,
  type Captured,
  type Held,
  type HoldRequest,
  type RestoreRequest,
} from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { answering, type CallTable } from '@fidelis/service-calls';
import { answerRehearsals } from '@fidelis/testing/rehearsed-neighbour';

const PROGRAM = 'club';

interface Hold {
  readonly participantId: string;
  readonly points: number;
  readonly expiresAt: string;
  status: 'held' | 'captured' | 'released';
}

type Step = 'hold' | 'capture' | 'release' | 'restore';

/** accounts and earning, as far as this service asks them: one programme, 1 point is worth 1.00. */
export class FakeAccounts {
  readonly available = new Map<string, number>();
  readonly debts = new Map<string, number>();
  readonly holds = new Map<string, Hold>();
  /** Points by spending operation, less what was restored. */
  readonly spent = new Map<string, number>();
  private readonly done = new Map<string, unknown>();
  /** The next call of this step does its work, and its answer is lost. */
  loseAnswerOf: Step | undefined;
  /** Calls of this step never arrive, until it is set to something else. */
  unreachable: Step | undefined;

  register(participantId: string, points: number): void {
    this.available.set(participantId, points);
  }

  held(participantId: string): number {
    return [...this.holds.values()]
      .filter((hold) => hold.participantId === participantId && hold.status === 'held')
      .reduce((sum, hold) => sum + hold.points, 0);
  }

  answer(table: CallTable): void {
    const calls = [
      answering(ResolveParticipant, async ({ id, externalId }) => {
        const participantId = id ?? externalId ?? '';
        if (!this.available.has(participantId)) return null;
        return { participantId, status: 'active' as const, groups: [] };
      }),
      answering(ListMemberships, async ({ participantId }) => [
        { accountId: `acc-${participantId}`, programId: PROGRAM, participantId, tier: 'bronze' },
      ]),
      answering(GetAccount, async ({ accountId }) => this.account(accountId)),
      answering(HoldPoints, (request) =>
        this.once('hold', request.operation.id, () => this.hold(request)),
      ),
      answering(CaptureHold, (request) =>
        this.once('capture', request.operation.id, () => this.capture(request)),
      ),
      answering(ReleaseHold, ({ holdId, operation }) =>
        this.once('release', operation.id, () => this.release(holdId)),
      ),
      answering(RestorePoints, (request) =>
        this.once('restore', request.operation.id, () => this.restore(request)),
      ),
    ];
    for (const call of calls) table.add(call);
    answerRehearsals(this, table, ['accounts', 'earning']);
  }

  /** What this operation did before; a refusal is not remembered. */
  private async once<T>(
    step: Step,
    operationId: string,
    work: () => Answered<T>,
  ): Promise<Answered<T>> {
    if (this.unreachable === step) throw new OperationalError(`${step}: not reached`);
    const answer = (this.done.get(operationId) as Answered<T> | undefined) ?? work();
    if (answer.ok) this.done.set(operationId, answer);
    if (this.loseAnswerOf !== step) return answer;
    this.loseAnswerOf = undefined;
    throw new OperationalError(`${step}: no answer`, { outcomeUnknown: true });
  }

  private account(accountId: string): AccountSummary {
    const participantId = accountId.slice('acc-'.length);
    const available = this.available.get(participantId) ?? 0;
    const held = this.held(participantId);
    const debt = this.debts.get(participantId) ?? 0;
    return {
      accountId,
      participantId,
      programId: PROGRAM,
      status: 'open',
      balance: { available, pending: 0, held, total: available + held - debt, debt },
      terms: {
        programId: PROGRAM,
        currency: 'EUR',
        redeem: { points: 1, worth: 100 },
      } as AccountTerms,
    };
  }

  private hold({ accountId, points, expiresAt, operation }: HoldRequest): Answered<Held> {
    const participantId = accountId.slice('acc-'.length);
    const available = this.available.get(participantId) ?? 0;
    if (available < points) {
      const refusal = { code: 'insufficient_points', detail: 'not enough' };
      return { ok: false, refusal: { ...refusal, available, requested: points } };
    }
    this.available.set(participantId, available - points);
    const holdId = `hold:${operation.id}`;
    this.holds.set(holdId, { participantId, points, expiresAt, status: 'held' });
    return { ok: true, value: { holdId, points, expiresAt, lots: [] } };
  }

  private capture({ holdId, points, force, now, operation }: CaptureRequest): Answered<Captured> {
    const hold = this.holds.get(holdId);
    if (hold === undefined || hold.status === 'captured') return notActive;
    const captured = points ?? hold.points;
    if (hold.expiresAt <= now || hold.status === 'released') {
      this.release(holdId);
      if (force !== true) return notActive;
      this.takeOrOwe(hold.participantId, captured);
    } else {
      this.add(hold.participantId, hold.points - captured);
    }
    hold.status = 'captured';
    this.spent.set(operation.id, captured);
    const releasedPoints = hold.points - captured;
    return { ok: true, value: { holdId, points: captured, releasedPoints, lots: [] } };
  }

  private takeOrOwe(participantId: string, points: number): void {
    const available = this.available.get(participantId) ?? 0;
    const taken = Math.min(available, points);
    this.available.set(participantId, available - taken);
    this.debts.set(participantId, (this.debts.get(participantId) ?? 0) + points - taken);
  }

  private release(holdId: string): Answered<{ readonly holdId: string }> {
    const hold = this.holds.get(holdId);
    if (hold?.status === 'held') {
      hold.status = 'released';
      this.add(hold.participantId, hold.points);
    }
    return { ok: true, value: { holdId } };
  }

  private restore(request: RestoreRequest): Answered<{ readonly restoredPoints: number }> {
    const { accountId, spendOperationId, points } = request;
    const left = this.spent.get(spendOperationId) ?? 0;
    if (left < points) {
      return { ok: false, refusal: { code: 'restore_exceeds_spend', detail: `${left} are left` } };
    }
    this.spent.set(spendOperationId, left - points);
    this.add(accountId.slice('acc-'.length), points);
    return { ok: true, value: { restoredPoints: points } };
  }

  private add(participantId: string, points: number): void {
    this.available.set(participantId, (this.available.get(participantId) ?? 0) + points);
  }
}

const notActive: Answered<never> = {
  ok: false,
  refusal: { code: 'hold_not_active', detail: 'captured, released or lapsed' },
};
