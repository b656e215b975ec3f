import { Controller, Get, Param, Query } from '@nestjs/common';
import { Endpoint, notFound, toParticipantRef, type Page } from '@fidelis/http';
import type { Instant } from '@fidelis/kernel';
import { limitsOf } from '../commands/allotments';
import type { Listed } from '../commands/store-shelf';
import { admittedBy, type Membership, type Participant } from '../commands/visitors';
import { isIssuable } from '../domain/offer';
import { isActive } from '../domain/store';
import { RewardStore } from '../reward-store';
import { pageOf } from './catalogue-pages';
import { toOfferAnswer } from './offers.mapping';
import { ParticipantOffersQuery, ParticipantStoresQuery } from './participant-stores.requests';
import { purchaseProblems } from './reward-store.problems';
import { toStoreAnswer } from './reward-stores.mapping';

const READERS = ['backoffice', 'pos', 'participant'] as const;

interface Looker {
  readonly participantId: string;
  readonly available: number;
  readonly now: Instant;
}

/** The stores as a participant sees them. */
@Controller('v1/participants/:id/reward-stores')
export class ParticipantStoresController {
  constructor(private readonly rewardStore: RewardStore) {}

  @Get()
  @Endpoint({
    summary: 'List the reward stores that a participant may use',
    roles: READERS,
    idempotency: 'none',
    ownParam: 'id',
    query: ParticipantStoresQuery,
  })
  async stores(
    @Param('id') id: string,
    @Query() query: ParticipantStoresQuery,
  ): Promise<Page<object>> {
    const { platform, catalogue, visitors } = this.rewardStore;
    const now = platform.clock.now();
    const participant = await this.participant(id, now);
    const open = (await catalogue.stores()).flatMap((store) => {
      const membership = isActive(store.terms, now) ? admittedBy(store, participant) : undefined;
      return membership === undefined ? [] : [{ store, membership }];
    });
    const page = pageOf(open, query, ({ store }) => store.storeId);
    const data = page.data.map(async ({ store, membership: { accountId, tier } }) => {
      const answer = { ...toStoreAnswer(store), access: undefined, accountId, tier };
      if (query.includeBalances !== true) return answer;
      return { ...answer, balance: (await visitors.account(accountId, now))?.balance };
    });
    return { ...page, data: await Promise.all(data) };
  }

  @Get(':storeId/offers')
  @Endpoint({
    summary: 'List the offers of a store for a participant',
    roles: READERS,
    idempotency: 'none',
    ownParam: 'id',
    query: ParticipantOffersQuery,
    problems: { store_closed: 409, not_eligible: 403 },
  })
  async offers(
    @Param() { id, storeId }: { readonly id: string; readonly storeId: string },
    @Query() query: ParticipantOffersQuery,
  ): Promise<Page<object>> {
    const { platform, shelf, visitors } = this.rewardStore;
    const now = platform.clock.now();
    const participant = await this.participant(id, now);
    const { accountId } = await this.admission(storeId, participant, now);
    const account = await visitors.account(accountId, now);
    const available = account?.balance.available ?? 0;
    const listed = (await shelf.listingsIn(storeId)).filter(
      ({ listing }) => query.affordable !== true || listing.price <= available,
    );
    const page = pageOf(listed, query, ({ offer }) => offer.offerId);
    const looker = { participantId: participant.participantId, available, now };
    return { ...page, data: await Promise.all(page.data.map((one) => this.shown(one, looker))) };
  }

  private async shown(listed: Listed, looker: Looker): Promise<object> {
    const { offer, listing } = listed;
    const reasons = await this.reasons(listed, looker);
    return {
      ...toOfferAnswer(offer),
      listedIn: undefined,
      offerId: offer.offerId,
      price: listing.price,
      ...(await this.rewardStore.shelf.stockOf(listed)),
      affordable: listing.price <= looker.available,
      obtainable: reasons.length === 0,
      reasons,
    };
  }

  /** Every code with which a purchase of one would be refused now. */
  private async reasons(
    { offer, listing }: Listed,
    { participantId, available, now }: Looker,
  ): Promise<readonly string[]> {
    const reasons = new Set<string>();
    if (listing.price > available) reasons.add('insufficient_points');
    if (!isIssuable(offer.terms, now)) reasons.add('offer_not_issuable');
    for (const limit of limitsOf(offer, { participantId, listing })) {
      if ((await this.rewardStore.allotments.left(limit)) === 0) reasons.add(limit.code);
    }
    return [...reasons];
  }

  private async admission(
    storeId: string,
    participant: Participant,
    now: Instant,
  ): Promise<Membership> {
    const store = await this.rewardStore.catalogue.store(storeId);
    if (store === undefined) throw notFound(`reward store ${storeId}`);
    if (!isActive(store.terms, now)) {
      throw purchaseProblems.problem('store_closed', 'the store is not open now');
    }
    const membership = admittedBy(store, participant);
    if (membership !== undefined) return membership;
    throw purchaseProblems.problem('not_eligible', 'the store is not for this participant');
  }

  private async participant(id: string, now: Instant): Promise<Participant> {
    const participant = await this.rewardStore.visitors.find(toParticipantRef(id), now);
    if (participant === undefined) throw notFound(`participant ${id}`);
    return participant;
  }
}
