import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  cursorOf,
  Endpoint,
  limitOf,
  notFound,
  toPage,
  toParticipantRef,
  type Page,
} from '@fidelis/http';
import { issuedOffersProjection } from '../projections/issued-offers/issued-offers.projection';
import {
  listIssuedOffers,
  type ListedOffer,
} from '../projections/issued-offers/issued-offers.query';
import type { RewardStoreTables } from '../projections/issued-offers/issued-offers.table';
import { RewardStore } from '../reward-store';
import { RewardStoreRuntime } from '../reward-store.runtime';
import { IssuedOfferAnswer, IssuedOffersQuery } from './issued-offers.requests';

@Controller('v1/participants/:id/issued-offers')
export class ParticipantIssuedOffersController {
  constructor(
    private readonly rewardStore: RewardStore,
    private readonly runtime: RewardStoreRuntime,
  ) {}

  @Get()
  @Endpoint({
    summary: 'List the issued offers of a participant, newest first',
    roles: ['backoffice', 'pos', 'participant'],
    idempotency: 'none',
    ownParam: 'id',
    query: IssuedOffersQuery,
    answer: [IssuedOfferAnswer],
  })
  async list(
    @Param('id') id: string,
    @Query() query: IssuedOffersQuery,
  ): Promise<Page<ListedOffer>> {
    const { platform, visitors } = this.rewardStore;
    const participantId = await visitors.idOf(toParticipantRef(id));
    if (participantId === undefined) throw notFound(`participant ${id}`);
    if (query.fresh === true) await this.runtime.fresh(issuedOffersProjection.name);
    const [issuedAt, lastId] = cursorOf(query, ['string', 'string']) ?? [];
    const limit = limitOf(query);
    const rows = await listIssuedOffers(platform.readModel<RewardStoreTables>('reward-store'), {
      participantId,
      status: query.status,
      now: platform.clock.now(),
      limit: limit + 1,
      after:
        issuedAt === undefined ? undefined : { issuedAt: String(issuedAt), id: String(lastId) },
    });
    return toPage(rows, limit, (row) => [row.issuedAt, row.id]);
  }
}
