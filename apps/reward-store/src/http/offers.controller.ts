import { Body, Controller, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Handled } from '@fidelis/aggregates';
import {
  answered,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  idInPath,
  notFound,
  operationOf,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { newId } from '@fidelis/kernel';
import {
  defineOffer,
  reviseOffer,
  type DefinedOffer,
  type Offer,
  type OfferEvent,
  type OfferRejection,
} from '../domain/offer';
import { RewardStore } from '../reward-store';
import { pageOf } from './catalogue-pages';
import { toOfferAnswer, toOfferTerms } from './offers.mapping';
import { OfferAnswer, OfferBody, OffersQuery } from './offers.requests';
import { offerProblems } from './reward-store.problems';

const READERS = ['backoffice', 'pos', 'finance', 'participant'] as const;

@Controller('v1/offers')
export class OffersController {
  constructor(private readonly rewardStore: RewardStore) {}

  @Post()
  @Endpoint({
    summary: 'Define an offer',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: OfferBody,
    query: DryRunQuery,
    answer: OfferAnswer,
    problems: { already_exists: 409 },
  })
  async define(@Req() request: EdgeRequest, @Body() body: OfferBody): Promise<Answered<object>> {
    const offerId = body.id ?? derivedOrNewId(request);
    const terms = toOfferTerms(body);
    return doneOrRehearsed(this.rewardStore, request, async ({ streams, platform }) => {
      const handled = await streams.offers.handle({
        id: offerId,
        operation: operationOf(request),
        now: platform.clock.now(),
        decide: (offer) => defineOffer({ offerId, terms }, offer),
      });
      return answerOf(handled);
    });
  }

  @Put(':id')
  @Endpoint({
    summary: 'Change an offer that is not listed',
    roles: ['backoffice'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: OfferBody,
    answer: OfferAnswer,
    problems: { offer_is_listed: 409 },
  })
  async revise(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: OfferBody,
  ): Promise<Answered<object>> {
    const offerId = idInPath(id);
    const terms = toOfferTerms(body);
    const handled = await this.rewardStore.streams.offers.handle({
      id: offerId,
      operation: operationOf(request),
      now: this.rewardStore.platform.clock.now(),
      decide: (offer) => reviseOffer({ offerId, terms }, offer),
    });
    return answerOf(handled);
  }

  @Get()
  @Endpoint({
    summary: 'List offers',
    roles: READERS,
    idempotency: 'none',
    query: OffersQuery,
    answer: [OfferAnswer],
  })
  async list(@Query() query: OffersQuery): Promise<Page<object>> {
    const { type, listed } = query;
    const offers = (await this.rewardStore.catalogue.offers()).filter(
      (offer) =>
        (type === undefined || offer.terms.benefit.type === type) &&
        (listed === undefined || offer.listings.length > 0 === listed),
    );
    const page = pageOf(offers, query, (offer) => offer.offerId);
    return { ...page, data: page.data.map(toOfferAnswer) };
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get an offer',
    roles: READERS,
    idempotency: 'none',
    answer: OfferAnswer,
  })
  async get(@Param('id') id: string): Promise<object> {
    const { state } = await this.rewardStore.streams.offers.load(id);
    if (state.status === 'undefined') throw notFound(`offer ${id}`);
    return toOfferAnswer(state);
  }
}

/** With a key the same request makes the same offer, also after a crash. */
export function derivedOrNewId(request: EdgeRequest): string {
  return request.idempotencyKey === undefined ? newId() : operationOf(request).id;
}

async function answerOf(
  handled: Handled<Offer, OfferEvent, OfferRejection>,
): Promise<Answered<object>> {
  if (handled.outcome === 'rejected') throw offerProblems.of(handled.rejection);
  await handled.durable;
  const created = handled.events.some((event) => event.type === 'OfferDefined');
  return answered(created ? 201 : 200, toOfferAnswer(handled.state as DefinedOffer));
}
