import { ReinstateOffersOfTicket, type Refusal } from '@fidelis/contracts';
import { assertInvariant, OperationalError, type Clock, type Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import {
  acceptReturn,
  findReturn,
  refuseReturn,
  requestReturn,
  returnKey,
  type AcceptedReturn,
  type PendingReturn,
  type RecordedTransaction,
  type RequestReturn,
  type ReversalOfReturn,
  type Transaction,
} from '../domain/transaction';
import type { EarningStreams } from '../earning.streams';
import { toOffersOnTicket } from '../outbound/award-messages';
import type { Rulebook } from '../rules/rulebook';
import type { TicketCompletion } from './complete-ticket';
import { restoreRedemption } from './restore-redemption';
import type { AwardReversals, ReturnStep } from './reverse-awards';
import { refused, type Refused } from './ticket';
import type { TicketsUnderWay } from './tickets-under-way';

export type ReturnedTicket =
  { readonly ok: true; readonly again: boolean; readonly accepted: AcceptedReturn } | Refused;

export interface ReturnTicketParts {
  readonly clock: Clock;
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly reversals: AwardReversals;
  readonly completion: TicketCompletion;
  readonly underWay: TicketsUnderWay;
  readonly calls: ServiceCalls;
}

/** Returns that wait for one that another process drives. */
const ATTEMPTS_MAX = 5;

/**
 * A return or a cancellation: requested on the ticket, one at a time → each account gives points
 * back, or refuses → spend and tier of the memberships → points that paid are restored → accepted.
 * Every step has an operation that derives from the return, so that any process may carry it on.
 */
export class ReturnTicket {
  constructor(private readonly parts: ReturnTicketParts) {}

  /** `OperationalError`: it is under way; the same return sent again tells its end. */
  async run(ticketKey: string, request: RequestReturn, actor: string): Promise<ReturnedTicket> {
    const now = this.parts.clock.now();
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const requested = await this.request(ticketKey, request, { actor, now });
      if (typeof requested === 'string') {
        return this.finish(ticketKey, request, { again: requested === 'under-way', now });
      }
      if (requested.ok || requested.refusal.code !== 'return_in_progress') return requested;
      await this.carryOn(ticketKey, now);
    }
    throw new OperationalError(`${ticketKey}: other returns are under way`);
  }

  /** Drives the return that is under way, if there is one, to its end. */
  async carryOn(ticketKey: string, now: Instant): Promise<Refusal | undefined> {
    const { state } = await this.parts.streams.transactions.load(ticketKey);
    if (state.status === 'unrecorded' || state.pending === undefined) return undefined;
    const operationId = operationOf(ticketKey, state.pending);
    const ended = this.parts.underWay.begin(operationId);
    try {
      const refusal = await this.drive(state, state.pending, { operationId, now });
      ended(true);
      return refusal;
    } finally {
      ended(false);
    }
  }

  private async request(
    ticketKey: string,
    request: RequestReturn,
    { actor, now }: { readonly actor: string; readonly now: Instant },
  ): Promise<ReturnedTicket | 'begun' | 'under-way'> {
    const { transactions } = this.parts.streams;
    const { state } = await transactions.load(ticketKey);
    const handled = await transactions.handle({
      id: ticketKey,
      operation: { id: `${operationOf(ticketKey, pendingOf(request, state))}/request`, actor },
      now,
      decide: (transaction: Transaction) => requestReturn(request, transaction),
    });
    if (handled.outcome === 'rejected') return { ok: false, refusal: handled.rejection };
    await handled.durable;
    const hasBegun = handled.outcome === 'accepted' && handled.events.length > 0;
    return answerAgain(handled.state, request) ?? (hasBegun ? 'begun' : 'under-way');
  }

  private async finish(
    ticketKey: string,
    request: RequestReturn,
    { again, now }: { readonly again: boolean; readonly now: Instant },
  ): Promise<ReturnedTicket> {
    const refusal = await this.carryOn(ticketKey, now);
    if (refusal !== undefined) return { ok: false, refusal };
    const { state } = await this.parts.streams.transactions.load(ticketKey);
    const accepted =
      state.status === 'unrecorded' ? undefined : findReturn(state, returnKey(request));
    if (accepted !== undefined) return { ok: true, again, accepted };
    throw new OperationalError(`${ticketKey}: return ${request.returnId} was refused meanwhile`);
  }

  private async drive(
    state: RecordedTransaction,
    pending: PendingReturn,
    { operationId, now }: { readonly operationId: string; readonly now: Instant },
  ): Promise<Refusal | undefined> {
    const rules = await this.parts.rulebook.current();
    const step: ReturnStep = { state, pending, operationId, rules, now };
    const reversed = await this.parts.reversals.reverse(step);
    if (!reversed.ok) {
      await this.refuse(step, reversed.refusal);
      return reversed.refusal;
    }
    const reversals = await this.parts.reversals.settle(step, reversed.taken);
    const restoredPoints = await restoreRedemption(step, this.parts);
    const reinstatedOffers = await this.reinstate(step);
    await this.accept(step, { reversals, restoredPoints, reinstatedOffers });
    return undefined;
  }

  private async reinstate({
    state,
    pending,
    operationId,
    now,
  }: ReturnStep): Promise<readonly string[] | undefined> {
    const offers = toOffersOnTicket(state.ticket);
    if (pending.reinstateOffers !== true || offers === undefined) return undefined;
    const operation = { id: `${operationId}/reinstate` };
    const answer = await this.parts.calls.call(ReinstateOffersOfTicket, {
      ...offers,
      now,
      operation,
    });
    return answer.ok ? answer.value.reinstated : [];
  }

  private async accept(
    { state, pending, operationId, now }: ReturnStep,
    outcome: {
      readonly reversals: readonly ReversalOfReturn[];
      readonly restoredPoints: number;
      readonly reinstatedOffers: readonly string[] | undefined;
    },
  ): Promise<void> {
    const { reversals, restoredPoints, reinstatedOffers } = outcome;
    const { returnId } = pending;
    const handled = await this.parts.streams.transactions.handle({
      id: state.ticket.ticket,
      operation: { id: `${operationId}/accept` },
      now,
      decide: (transaction: Transaction) =>
        acceptReturn(
          {
            returnId,
            reversals,
            restoredPoints,
            ...(reinstatedOffers !== undefined && { reinstatedOffers }),
          },
          transaction,
        ),
    });
    assertInvariant(handled.outcome !== 'rejected', 'accepting is never refused');
    await handled.durable;
  }

  private async refuse(
    { state, pending, operationId, now }: ReturnStep,
    { code, detail }: Refusal,
  ): Promise<void> {
    const { returnId } = pending;
    const handled = await this.parts.streams.transactions.handle({
      id: state.ticket.ticket,
      operation: { id: `${operationId}/refuse` },
      now,
      decide: (transaction: Transaction) => refuseReturn({ returnId, code, detail }, transaction),
    });
    assertInvariant(handled.outcome !== 'rejected', 'refusing is never refused');
    await handled.durable;
  }
}

/** One per attempt: a return that was refused may be sent again. */
export function operationOf(
  ticketKey: string,
  pending: Pick<PendingReturn, 'kind' | 'returnId' | 'attempt'>,
): string {
  return `${ticketKey}/${returnKey(pending)}/${pending.attempt}`;
}

function pendingOf(
  request: RequestReturn,
  state: Transaction,
): Pick<PendingReturn, 'kind' | 'returnId' | 'attempt'> {
  const { kind, returnId } = request;
  const refusals = state.status === 'unrecorded' ? {} : state.refusals;
  return { kind, returnId, attempt: refusals[returnKey(request)] ?? 0 };
}

/** The operation was found, so the decision was not asked: the content is compared here. */
function answerAgain(state: Transaction, request: RequestReturn): ReturnedTicket | undefined {
  if (state.status === 'unrecorded') return undefined;
  const { pending } = state;
  const key = returnKey(request);
  const accepted = findReturn(state, key);
  const before = accepted ?? (pending && returnKey(pending) === key ? pending : undefined);
  if (before !== undefined && contradicts(before, request)) {
    return refused('return_conflict', `${request.returnId} was sent with another content`);
  }
  return accepted && { ok: true, again: true, accepted };
}

function contradicts(
  before: { readonly contentHash: string },
  { kind, contentHash }: RequestReturn,
): boolean {
  return kind !== 'cancel' && before.contentHash !== contentHash;
}
