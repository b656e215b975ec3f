import {
  AwardPoints,
  CaptureHold,
  ConfirmPurchaseForTicket,
  FreePurchaseOfTicket,
  GetAccount,
  GetPointSource,
  HoldPoints,
  IssueOffer,
  LockOffersForTicket,
  OpenAccount,
  RedeemOffersOfTicket,
  ReinstateOffersOfTicket,
  ReleaseHold,
  ReservePurchaseForTicket,
  ResolveParticipant,
  RestorePoints,
  RestorePurchaseOfTicket,
  ReverseAward,
  UnlockOffersOfTicket,
  type AccountSummary,
  type AccountTerms,
  type Answered,
  type AwardAnswer,
  type AwardRequest,
  type CaptureRequest,
  type Captured,
  type Held,
  type HoldRequest,
  type OpenAccountRequest,
  type ParticipantRef,
  type RedeemablePurchase,
  type RedeemPurchaseRequest,
  type RestorePurchaseRequest,
  type Reversed,
  type ReverseAwardRequest,
} from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import { awardedLotId } from '@fidelis/ledger';
import { answering, type CallTable } from '@fidelis/service-calls';
import { answerRehearsals } from '@fidelis/testing/rehearsed-neighbour';

interface FakeAccount {
  readonly participantId: string;
  readonly programId: string;
  available: number;
  /** Last command of the membership that was applied. */
  mark: number;
  closed: boolean;
}

interface Hold {
  readonly accountId: string;
  readonly points: number;
  readonly expiresAt: string;
  status: 'held' | 'captured' | 'released';
}

/** What an authorized purchase pays, and where it is. */
interface FakePurchase extends RedeemablePurchase {
  readonly status: 'authorized' | 'reserved' | 'confirmed';
}

export type Step =
  | 'resolve'
  | 'open'
  | 'award'
  | 'reverse'
  | 'hold'
  | 'capture'
  | 'release'
  | 'restore'
  | 'lock'
  | 'redeem';

const ABSENT: Answered<never> = { ok: false, refusal: { code: 'not_found', detail: 'no account' } };

/** accounts and reward-store, as far as this service asks them. */
export class FakeNeighbours {
  readonly people = new Map<string, { groups: readonly string[]; territory?: string }>();
  readonly externalIds = new Map<string, string>();
  readonly accounts = new Map<string, FakeAccount>();
  readonly holds = new Map<string, Hold>();
  readonly locked = new Map<string, string>();
  readonly issued: string[] = [];
  readonly pointSources = new Set(['default']);
  readonly purchases = new Map<string, FakePurchase>();
  /** What returns of tickets gave back to purchases. */
  readonly givenBack: Pick<RestorePurchaseRequest, 'returnId' | 'points' | 'amount'>[] = [];
  /** Offers that cannot be locked. */
  readonly unavailableOffers = new Set<string>();
  private readonly done = new Map<string, unknown>();
  /** Calls of these steps never arrive. */
  readonly away = new Set<Step>();
  private readonly asked: Step[] = [];

  register(id: string, more: { groups?: readonly string[]; externalId?: string } = {}): void {
    this.people.set(id, { groups: more.groups ?? [] });
    if (more.externalId !== undefined) this.externalIds.set(more.externalId, id);
  }

  balanceOf(participantId: string): number {
    const accounts = [...this.accounts.values()];
    return accounts
      .filter((account) => account.participantId === participantId)
      .reduce((sum, account) => sum + account.available, 0);
  }

  /** How often these steps were asked for, in vain or not. */
  timesAsked(step: Step): number {
    return this.asked.filter((one) => one === step).length;
  }

  answer(table: CallTable): void {
    const calls = [
      answering(ResolveParticipant, (ref) => {
        this.asked.push('resolve');
        return this.away.has('resolve')
          ? Promise.reject(new OperationalError('resolve: away'))
          : Promise.resolve(this.resolve(ref));
      }),
      answering(ReservePurchaseForTicket, (request) => this.move(request, 'reserved')),
      answering(ConfirmPurchaseForTicket, (request) => this.move(request, 'confirmed')),
      answering(FreePurchaseOfTicket, async (request) => {
        await this.move(request, 'authorized');
        return { ok: true as const, value: { purchaseId: request.purchaseId } };
      }),
      answering(RestorePurchaseOfTicket, (request) =>
        this.at('restore', request, () => this.givePurchaseBack(request)),
      ),
      answering(GetPointSource, ({ id }) =>
        Promise.resolve(this.pointSources.has(id) ? { id, name: id } : null),
      ),
      answering(GetAccount, ({ accountId }) => Promise.resolve(this.summary(accountId))),
      answering(OpenAccount, (request) => this.at('open', request, () => this.open(request))),
      answering(AwardPoints, (request) => this.at('award', request, () => this.award(request))),
      answering(ReverseAward, (request) =>
        this.at('reverse', request, () => this.reverse(request)),
      ),
      answering(HoldPoints, (request) => this.at('hold', request, () => this.hold(request))),
      answering(CaptureHold, (request) => this.at('capture', request, () => this.capture(request))),
      answering(ReleaseHold, (request) =>
        this.at('release', request, () => this.release(request.holdId)),
      ),
      answering(RestorePoints, (request) =>
        this.at('restore', request, () => {
          this.give(request.accountId, request.points);
          return { ok: true as const, value: { restoredPoints: request.points } };
        }),
      ),
      answering(LockOffersForTicket, ({ offers, ticket, operation }) =>
        this.at('lock', { operation: { id: `${operation.id}:${Math.random()}` } }, () => {
          if (offers.some(({ issuedOfferId }) => this.unavailableOffers.has(issuedOfferId))) {
            const refusal = { code: 'offer_not_redeemable', detail: 'gone', status: 'redeemed' };
            return { ok: false as const, refusal };
          }
          for (const { issuedOfferId } of offers) this.locked.set(issuedOfferId, ticket);
          return { ok: true as const, value: { locked: true as const } };
        }),
      ),
      answering(UnlockOffersOfTicket, ({ offers }) => {
        for (const { issuedOfferId } of offers) this.locked.delete(issuedOfferId);
        return Promise.resolve({ ok: true, value: { unlocked: true } });
      }),
      answering(RedeemOffersOfTicket, (request) =>
        this.at('redeem', request, () => {
          for (const { issuedOfferId } of request.offers) this.locked.set(issuedOfferId, 'used');
          return { ok: true as const, value: { redeemed: true as const } };
        }),
      ),
      answering(ReinstateOffersOfTicket, ({ offers }) =>
        Promise.resolve({
          ok: true,
          value: { reinstated: offers.map(({ issuedOfferId }) => issuedOfferId) },
        }),
      ),
      answering(IssueOffer, ({ issuedOfferId, offerId }) => {
        if (!this.issued.includes(issuedOfferId)) this.issued.push(issuedOfferId);
        const value = { id: issuedOfferId, code: 'C', offerId, version: 1, status: 'issued' };
        return Promise.resolve({ ok: true, value });
      }),
    ];
    for (const call of calls) table.add(call);
    answerRehearsals(this, table, ['accounts', 'reward-store', 'purchases']);
  }

  /** What this operation did before; "not yet" and refusals are not remembered. */
  private at<T>(
    step: Step,
    request: { readonly operation: { readonly id: string } },
    work: () => T,
  ) {
    this.asked.push(step);
    if (this.away.has(step)) return Promise.reject<T>(new OperationalError(`${step}: away`));
    const key = `${step}:${request.operation.id}`;
    const before = this.done.get(key) as T | undefined;
    const answer = before ?? work();
    const failed = answer as { ok?: unknown; outcome?: string };
    if (failed.ok !== false && failed.ok !== 'not-yet' && failed.outcome !== 'not-yet') {
      this.done.set(key, answer);
    }
    return Promise.resolve(answer);
  }

  private resolve(ref: ParticipantRef) {
    const participantId = ref.id ?? this.externalIds.get(ref.externalId ?? '') ?? '';
    const person = this.people.get(participantId);
    return person === undefined ? null : { participantId, status: 'active' as const, ...person };
  }

  private summary(accountId: string): AccountSummary | null {
    const account = this.accounts.get(accountId);
    if (account === undefined) return null;
    const { participantId, programId, available } = account;
    const balance = { available, pending: 0, held: 0, total: available, debt: 0 };
    const terms = { programId } as AccountTerms;
    return { accountId, participantId, programId, status: 'open', balance, terms };
  }

  private open({ accountId, participantId, terms }: OpenAccountRequest) {
    const { programId } = terms;
    if (!this.accounts.has(accountId)) {
      const account = { participantId, programId, available: 0, mark: 1, closed: false };
      this.accounts.set(accountId, account);
    }
    return { opened: true as const };
  }

  private award({ accountId, sequence, grants }: AwardRequest): AwardAnswer {
    const account = this.accounts.get(accountId);
    if (account?.mark !== sequence - 1) return { outcome: 'not-yet' };
    account.mark = sequence;
    if (account.closed) return { outcome: 'declined', code: 'account_closed' };
    for (const grant of grants) account.available += grant.points;
    const lots = grants.map(({ points }, index) => ({
      lotId: awardedLotId({ accountId, sequence, index }),
      points,
    }));
    return { outcome: 'credited', lots };
  }

  private reverse(request: ReverseAwardRequest): Answered<Reversed> | { readonly ok: 'not-yet' } {
    const { accountId, sequence, points, clawback } = request;
    const account = this.accounts.get(accountId);
    if (account?.mark !== sequence - 1) return { ok: 'not-yet' };
    account.mark = sequence;
    if (clawback === 'refuse' && account.available < points) {
      const refusal = { code: 'points_already_redeemed', detail: 'spent', spends: [] };
      return { ok: false, refusal };
    }
    const taken = clawback === 'allow-negative' ? points : Math.min(points, account.available);
    account.available -= taken;
    return { ok: true, value: { reversedPoints: taken, forgivenPoints: points - taken } };
  }

  private hold({ accountId, points, expiresAt, operation }: HoldRequest): Answered<Held> {
    const account = this.accounts.get(accountId);
    if (account === undefined) return ABSENT;
    const { available } = account;
    if (available < points) {
      const code = 'insufficient_points';
      const refusal = { code, detail: 'not enough', available, requested: points };
      return { ok: false, refusal };
    }
    account.available -= points;
    const holdId = `${accountId}.${operation.id}`;
    this.holds.set(holdId, { accountId, points, expiresAt, status: 'held' });
    return { ok: true, value: { holdId, points, expiresAt, lots: [] } };
  }

  private capture({ holdId }: CaptureRequest): Answered<Captured> {
    const hold = this.holds.get(holdId);
    if (hold === undefined) return ABSENT;
    hold.status = 'captured';
    return { ok: true, value: { holdId, points: hold.points, releasedPoints: 0, lots: [] } };
  }

  private release(holdId: string): Answered<{ readonly holdId: string }> {
    const hold = this.holds.get(holdId);
    if (hold?.status === 'held') {
      hold.status = 'released';
      this.give(hold.accountId, hold.points);
    }
    return { ok: true, value: { holdId } };
  }

  private move(
    { purchaseId }: RedeemPurchaseRequest,
    status: FakePurchase['status'],
  ): Promise<Answered<RedeemablePurchase>> {
    const { status: _, ...purchase } = this.purchases.get(purchaseId) ?? { status: undefined };
    if (!('points' in purchase)) {
      const refusal = {
        code: 'purchase_not_authorized',
        detail: `${purchaseId} is not authorized`,
      };
      return Promise.resolve({ ok: false, refusal });
    }
    this.purchases.set(purchaseId, { ...purchase, status });
    return Promise.resolve({ ok: true, value: purchase });
  }

  private givePurchaseBack({ purchaseId, returnId, points, amount }: RestorePurchaseRequest) {
    const purchase = this.purchases.get(purchaseId);
    if (purchase?.status !== 'confirmed') return ABSENT;
    this.givenBack.push({ returnId, points, amount });
    this.give(purchase.accountId, points);
    const value = { restoredPoints: points, restoredAmount: amount };
    return { ok: true as const, value };
  }

  private give(accountId: string, points: number): void {
    const account = this.accounts.get(accountId);
    if (account !== undefined) account.available += points;
  }
}
