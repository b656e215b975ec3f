import { Body, Controller, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Handled } from '@fidelis/aggregates';
import { GetProgramTerms } from '@fidelis/contracts';
import {
  answered,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  idInPath,
  notFound,
  operationOf,
  PageQuery,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import {
  openStore,
  reviseStore,
  type OpenedStore,
  type Store,
  type StoreEvent,
  type StoreRejection,
  type StoreTerms,
} from '../domain/store';
import { RewardStore } from '../reward-store';
import { pageOf } from './catalogue-pages';
import { derivedOrNewId } from './offers.controller';
import { offerProblems } from './reward-store.problems';
import { toStoreAnswer, toStoreTerms } from './reward-stores.mapping';
import { RewardStoreAnswer, RewardStoreBody } from './reward-stores.requests';

const READERS = ['backoffice', 'pos', 'finance', 'participant'] as const;
const PROBLEMS = { already_exists: 409, program_not_found: 422, invalid_expression: 422 };

@Controller('v1/reward-stores')
export class RewardStoresController {
  constructor(private readonly rewardStore: RewardStore) {}

  @Post()
  @Endpoint({
    summary: 'Open a reward store',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: RewardStoreBody,
    query: DryRunQuery,
    answer: RewardStoreAnswer,
    problems: PROBLEMS,
  })
  async open(
    @Req() request: EdgeRequest,
    @Body() body: RewardStoreBody,
  ): Promise<Answered<object>> {
    const storeId = body.id ?? derivedOrNewId(request);
    const terms = await this.checkedTerms(body);
    return doneOrRehearsed(this.rewardStore, request, async ({ streams, platform }) => {
      const handled = await streams.stores.handle({
        id: storeId,
        operation: operationOf(request),
        now: platform.clock.now(),
        decide: (store) => openStore({ storeId, terms }, store),
      });
      return answerOf(handled);
    });
  }

  @Put(':storeId')
  @Endpoint({
    summary: 'Change a reward store',
    roles: ['backoffice'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: RewardStoreBody,
    answer: RewardStoreAnswer,
    problems: PROBLEMS,
  })
  async revise(
    @Req() request: EdgeRequest,
    @Param('storeId') id: string,
    @Body() body: RewardStoreBody,
  ): Promise<Answered<object>> {
    const storeId = idInPath(id, 'storeId');
    const terms = await this.checkedTerms(body);
    const handled = await this.rewardStore.streams.stores.handle({
      id: storeId,
      operation: operationOf(request),
      now: this.rewardStore.platform.clock.now(),
      decide: (store) => reviseStore({ storeId, terms }, store),
    });
    return answerOf(handled);
  }

  @Get()
  @Endpoint({
    summary: 'List reward stores',
    roles: READERS,
    idempotency: 'none',
    query: PageQuery,
    answer: [RewardStoreAnswer],
  })
  async list(@Query() query: PageQuery): Promise<Page<object>> {
    const page = pageOf(await this.rewardStore.catalogue.stores(), query, (store) => store.storeId);
    return { ...page, data: page.data.map(toStoreAnswer) };
  }

  @Get(':storeId')
  @Endpoint({
    summary: 'Get a reward store',
    roles: READERS,
    idempotency: 'none',
    answer: RewardStoreAnswer,
  })
  async get(@Param('storeId') storeId: string): Promise<object> {
    const { state } = await this.rewardStore.streams.stores.load(storeId);
    if (state.status === 'none') throw notFound(`reward store ${storeId}`);
    return toStoreAnswer(state);
  }

  private async checkedTerms(body: RewardStoreBody): Promise<StoreTerms> {
    const terms = toStoreTerms(body);
    const { programId } = terms;
    const now = this.rewardStore.platform.clock.now();
    const program = await this.rewardStore.platform.calls.call(GetProgramTerms, { programId, now });
    if (program !== null) return terms;
    throw offerProblems.problem('program_not_found', `programme ${programId} does not exist`);
  }
}

async function answerOf(
  handled: Handled<Store, StoreEvent, StoreRejection>,
): Promise<Answered<object>> {
  if (handled.outcome === 'rejected') throw offerProblems.of(handled.rejection);
  await handled.durable;
  const created = handled.events.some((event) => event.type === 'StoreOpened');
  return answered(created ? 201 : 200, toStoreAnswer(handled.state as OpenedStore));
}
