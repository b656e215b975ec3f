import { Body, Controller, Delete, Get, Param, Put, Query, Req } from '@nestjs/common';
import {
  answered,
  Endpoint,
  notFound,
  operationOf,
  PageQuery,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { Defect } from '@fidelis/kernel';
import { listingIn } from '../catalogue/catalogue';
import type { Listed } from '../commands/store-shelf';
import { delistOffer, listOffer, type DefinedOffer } from '../domain/offer';
import { RewardStore } from '../reward-store';
import { pageOf } from './catalogue-pages';
import { offerProblems } from './reward-store.problems';
import { ListingAnswer, ListingBody } from './reward-stores.requests';

interface ListingPath {
  readonly storeId: string;
  readonly offerId: string;
}

@Controller('v1/reward-stores/:storeId/offers')
export class ListingsController {
  constructor(private readonly rewardStore: RewardStore) {}

  @Put(':offerId')
  @Endpoint({
    summary: 'List an offer in a store, or change its price and stock there',
    roles: ['backoffice'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: ListingBody,
    answer: ListingAnswer,
  })
  async list(
    @Req() request: EdgeRequest,
    @Param() { storeId, offerId }: ListingPath,
    @Body() { price, stock }: ListingBody,
  ): Promise<Answered<object>> {
    const { platform, streams } = this.rewardStore;
    await this.requireStore(storeId);
    const handled = await streams.offers.handle({
      id: offerId,
      operation: operationOf(request),
      now: platform.clock.now(),
      decide: (offer) => listOffer({ storeId, price, ...(stock != null && { stock }) }, offer),
    });
    if (handled.outcome === 'rejected') throw offerProblems.of(handled.rejection);
    await handled.durable;
    const isNew = handled.events.some((event) => event.type === 'OfferListed');
    const listed = listedIn(handled.state as DefinedOffer, storeId);
    return answered(isNew ? 201 : 200, await this.shown(listed));
  }

  @Delete(':offerId')
  @Endpoint({
    summary: 'Delist an offer',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 204,
  })
  async delist(
    @Req() request: EdgeRequest,
    @Param() { storeId, offerId }: ListingPath,
  ): Promise<void> {
    const { platform, streams } = this.rewardStore;
    await this.requireStore(storeId);
    const handled = await streams.offers.handle({
      id: offerId,
      operation: operationOf(request),
      now: platform.clock.now(),
      decide: (offer) => delistOffer({ storeId }, offer),
    });
    if (handled.outcome === 'rejected') throw offerProblems.of(handled.rejection);
    await handled.durable;
  }

  @Get()
  @Endpoint({
    summary: 'List the offers of a store',
    roles: ['backoffice', 'finance'],
    idempotency: 'none',
    query: PageQuery,
    answer: [ListingAnswer],
  })
  async offersOf(
    @Param('storeId') storeId: string,
    @Query() query: PageQuery,
  ): Promise<Page<object>> {
    await this.requireStore(storeId);
    const listed = await this.rewardStore.shelf.listingsIn(storeId);
    const page = pageOf(listed, query, ({ offer }) => offer.offerId);
    return { ...page, data: await Promise.all(page.data.map((one) => this.shown(one))) };
  }

  private async requireStore(storeId: string): Promise<void> {
    const store = await this.rewardStore.catalogue.store(storeId);
    if (store === undefined) throw notFound(`reward store ${storeId}`);
  }

  private async shown(listed: Listed): Promise<object> {
    const { offer, listing } = listed;
    return {
      storeId: listing.storeId,
      offerId: offer.offerId,
      name: offer.terms.name,
      version: offer.version,
      price: listing.price,
      ...(await this.rewardStore.shelf.stockOf(listed)),
    };
  }
}

function listedIn(offer: DefinedOffer, storeId: string): Listed {
  const listing = listingIn(offer, storeId);
  if (listing === undefined) throw new Defect(`${offer.offerId} was listed and is not`);
  return { offer, listing };
}
