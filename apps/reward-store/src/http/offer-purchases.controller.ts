import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import {
  callerOf,
  commonProblem,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  operationOf,
  type Problem,
  requireOwn,
  toParticipantRef,
  type EdgeRequest,
} from '@fidelis/http';
import type { PurchaseCode, PurchaseRefused } from '../commands/buy-offer';
import { RewardStore } from '../reward-store';
import { OfferPurchaseAnswer, OfferPurchaseBody } from './offer-purchases.requests';
import { purchaseProblems } from './reward-store.problems';

interface ListingPath {
  readonly storeId: string;
  readonly offerId: string;
}

@Controller('v1/reward-stores/:storeId/offers/:offerId/purchases')
export class OfferPurchasesController {
  constructor(private readonly rewardStore: RewardStore) {}

  @Post()
  @Endpoint({
    summary: 'Buy an offer with points',
    description: 'Points are spent and offers issued, or neither.',
    roles: ['backoffice', 'pos', 'participant'],
    idempotency: 'required',
    status: 201,
    body: OfferPurchaseBody,
    query: DryRunQuery,
    answer: OfferPurchaseAnswer,
    problems: purchaseProblems.statuses,
  })
  async buy(
    @Req() request: EdgeRequest,
    @Param() { storeId, offerId }: ListingPath,
    @Body() body: OfferPurchaseBody,
  ): Promise<object> {
    const participantId = await this.participantId(body.participantId);
    requireOwn(callerOf(request), participantId);
    const command = {
      storeId,
      offerId,
      participantId,
      quantity: body.quantity ?? 1,
      now: this.rewardStore.platform.clock.now(),
      operation: operationOf(request),
    };
    return doneOrRehearsed(this.rewardStore, request, async ({ buyOffers }) => {
      const answer = await buyOffers.buy(command);
      if (!answer.ok) throw problemOf(answer.refused);
      const { purchase, issuedOffers, balance } = answer.value;
      const { offerPurchaseId, points: pointsSpent } = purchase;
      return { offerPurchaseId, pointsSpent, issuedOffers, balance };
    });
  }

  private async participantId(text: string): Promise<string> {
    const id = await this.rewardStore.visitors.idOf(toParticipantRef(text));
    if (id !== undefined) return id;
    throw purchaseProblems.problem('participant_not_found', `participant ${text} does not exist`);
  }
}

function problemOf({ code, detail, available, requested }: PurchaseRefused): Problem {
  if (code === 'operation_reused') return commonProblem('idempotency_key_reused', detail);
  const fields = {
    ...(available !== undefined && { available }),
    ...(requested !== undefined && { requested }),
  };
  // The account may say no for reasons of its own, which are of its state.
  if (!isPurchaseCode(code)) {
    return commonProblem('conflict', detail, { fields: { ...fields, reason: code } });
  }
  return purchaseProblems.problem(code, detail, fields);
}

function isPurchaseCode(code: string): code is PurchaseCode {
  return code in purchaseProblems.statuses;
}
