import { Body, Controller, Get, Param, Post, Req } from '@nestjs/common';
import {
  callerOf,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  notFound,
  operationOf,
  requireOwn,
  toParticipantRef,
  type EdgeRequest,
} from '@fidelis/http';
import { derivedId, type Instant } from '@fidelis/kernel';
import type { Used } from '../commands/use-offers';
import { isIssued, revokeOffer, type IssueDeclined } from '../domain/issued-offer';
import { RewardStore } from '../reward-store';
import { toBasket, toIssuedOfferAnswer, toTicket } from './issued-offers.mapping';
import {
  GrantBody,
  LockBody,
  RedeemBody,
  RevokeBody,
  TicketRefBody,
  UsedOfferAnswer,
} from './issued-offers.requests';
import { issueProblems, useProblems } from './reward-store.problems';

const TILLS = ['pos', 'backoffice'] as const;
const USE_PROBLEMS = useProblems.statuses;

@Controller('v1/issued-offers')
export class IssuedOffersController {
  constructor(private readonly rewardStore: RewardStore) {}

  @Post()
  @Endpoint({
    summary: 'Grant an offer to a participant',
    roles: ['backoffice'],
    idempotency: 'required',
    status: 201,
    body: GrantBody,
    query: DryRunQuery,
    answer: UsedOfferAnswer,
    problems: issueProblems.statuses,
  })
  async grant(@Req() request: EdgeRequest, @Body() body: GrantBody): Promise<object> {
    const now = this.rewardStore.platform.clock.now();
    const { offerId } = body;
    const participantId = await this.rewardStore.visitors.idOf(
      toParticipantRef(body.participantId),
    );
    if (participantId === undefined) {
      throw issueProblems.problem('participant_not_found', 'no such participant');
    }
    const operation = operationOf(request);
    const issuedOfferId = derivedId('issuedOffer', operation.id);
    const reason = { kind: 'grant', id: operation.id } as const;
    const grant = { issuedOfferId, offerId, participantId, reason, occurredAt: now, now };
    return doneOrRehearsed(this.rewardStore, request, async (rewardStore) => {
      const answer = await rewardStore.issueOffers.issue({ ...grant, operation });
      if (!answer.ok) throw problemOf(answer.refusal);
      return shown(rewardStore, issuedOfferId, now);
    });
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get an issued offer',
    roles: ['backoffice', 'pos', 'finance', 'participant'],
    idempotency: 'none',
    answer: UsedOfferAnswer,
  })
  async get(@Req() request: EdgeRequest, @Param('id') id: string): Promise<object> {
    const { state } = await this.rewardStore.streams.issuedOffers.load(id);
    if (!isIssued(state)) throw notFound(`issued offer ${id}`);
    requireOwn(callerOf(request), state.participantId);
    return toIssuedOfferAnswer(state, this.rewardStore.platform.clock.now());
  }

  @Post(':id/lock')
  @Endpoint({
    summary: 'Lock an issued offer for a transaction',
    roles: TILLS,
    idempotency: 'optional',
    body: LockBody,
    query: DryRunQuery,
    answer: UsedOfferAnswer,
    problems: USE_PROBLEMS,
  })
  async lock(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: LockBody,
  ): Promise<object> {
    const { storeId } = body;
    const use = { ...this.begin(request, id), ticket: toTicket(body), lines: toBasket(body.lines) };
    return doneOrRehearsed(this.rewardStore, request, async ({ useOffers }) =>
      answerOf(await useOffers.lock({ ...use, storeId }), use.now),
    );
  }

  @Post(':id/unlock')
  @Endpoint({
    summary: 'Unlock an issued offer',
    roles: TILLS,
    idempotency: 'optional',
    body: TicketRefBody,
    query: DryRunQuery,
    answer: UsedOfferAnswer,
    problems: USE_PROBLEMS,
  })
  async unlock(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: TicketRefBody,
  ): Promise<object> {
    const free = { ...this.begin(request, id), ticket: toTicket(body) };
    return doneOrRehearsed(this.rewardStore, request, async ({ useOffers }) =>
      answerOf(await useOffers.unlock(free), free.now),
    );
  }

  @Post(':id/redeem')
  @Endpoint({
    summary: 'Redeem an issued offer on a transaction',
    roles: TILLS,
    idempotency: 'optional',
    body: RedeemBody,
    query: DryRunQuery,
    answer: UsedOfferAnswer,
    problems: USE_PROBLEMS,
  })
  async redeem(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: RedeemBody,
  ): Promise<object> {
    const { storeId } = body;
    const use = { ...this.begin(request, id), ticket: toTicket(body), lines: toBasket(body.lines) };
    return doneOrRehearsed(this.rewardStore, request, async ({ useOffers }) =>
      answerOf(await useOffers.redeem({ ...use, storeId }), use.now),
    );
  }

  @Post(':id/reinstate')
  @Endpoint({
    summary: 'Give a used offer back to its participant',
    roles: TILLS,
    idempotency: 'optional',
    body: TicketRefBody,
    query: DryRunQuery,
    answer: UsedOfferAnswer,
    problems: USE_PROBLEMS,
  })
  async reinstate(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: TicketRefBody,
  ): Promise<object> {
    const free = { ...this.begin(request, id), ticket: toTicket(body) };
    return doneOrRehearsed(this.rewardStore, request, async ({ useOffers }) =>
      answerOf(await useOffers.reinstate(free), free.now),
    );
  }

  @Post(':id/revoke')
  @Endpoint({
    summary: 'Revoke an issued offer',
    roles: ['backoffice'],
    idempotency: 'optional',
    body: RevokeBody,
    query: DryRunQuery,
    answer: UsedOfferAnswer,
    problems: USE_PROBLEMS,
  })
  async revoke(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() { reason }: RevokeBody,
  ): Promise<object> {
    const now = this.rewardStore.platform.clock.now();
    return doneOrRehearsed(this.rewardStore, request, async (rewardStore) => {
      const handled = await rewardStore.streams.issuedOffers.handle({
        id,
        operation: operationOf(request),
        now,
        decide: (offer) => revokeOffer({ reason, now }, offer),
      });
      if (handled.outcome === 'rejected') throw useProblems.of(handled.rejection);
      await handled.durable;
      return shown(rewardStore, id, now);
    });
  }

  private begin(request: EdgeRequest, issuedOfferId: string) {
    const { id, actor } = operationOf(request);
    return { issuedOfferId, now: this.rewardStore.platform.clock.now(), operation: { id, actor } };
  }
}

function answerOf(used: Used, now: Instant): object {
  if (!used.ok) throw useProblems.of(used.rejection);
  return toIssuedOfferAnswer(used.issued, now);
}

async function shown({ streams }: RewardStore, id: string, now: Instant): Promise<object> {
  const { state } = await streams.issuedOffers.load(id);
  if (!isIssued(state)) throw notFound(`issued offer ${id}`);
  return toIssuedOfferAnswer(state, now);
}

function problemOf({ code, detail }: { readonly code: string; readonly detail: string }) {
  return issueProblems.problem(code as IssueDeclined['code'], detail);
}
