import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import {
  answered,
  cursorOf,
  Endpoint,
  limitOf,
  operationOf,
  PageQuery,
  toPage,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { AccountsService } from '../accounts.service';
import type { DefinedPointSource } from '../commands/point-sources';
import { pointSourceProblems } from './accounts.problems';
import { PointSourceAnswer, PointSourceBody } from './point-sources.requests';

/** Where granted points come from. */
@Controller('v1/point-sources')
export class PointSourcesController {
  constructor(private readonly service: AccountsService) {}

  @Post()
  @Endpoint({
    summary: 'Define a point source',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: PointSourceBody,
    answer: PointSourceAnswer,
    problems: { already_exists: 409, not_supported: 422 },
  })
  async define(
    @Req() request: EdgeRequest,
    @Body() { id, name, ...limits }: PointSourceBody,
  ): Promise<Answered<object>> {
    refuseLimits(limits);
    const outcome = await this.service.pointSources.define(
      { id, name },
      { operation: operationOf(request), now: this.service.now() },
    );
    if (outcome !== 'other-content')
      return answered(outcome === 'created' ? 201 : 200, { id, name });
    const detail = `point source ${id} has another name`;
    throw pointSourceProblems.problem('already_exists', detail);
  }

  @Get()
  @Endpoint({
    summary: 'List point sources',
    roles: ['backoffice', 'finance'],
    idempotency: 'none',
    query: PageQuery,
    answer: [PointSourceAnswer],
  })
  async list(@Query() query: PageQuery): Promise<Page<DefinedPointSource>> {
    const after = String(cursorOf(query, ['string'])?.[0] ?? '');
    const rest = (await this.service.pointSources.list()).filter(({ id }) => id > after);
    const limit = limitOf(query);
    return toPage(rest.slice(0, limit + 1), limit, ({ id }) => [id]);
  }
}

/** Nothing holds grants to them yet. */
function refuseLimits(limits: Omit<PointSourceBody, 'id' | 'name'>): void {
  const [limit] = Object.keys(limits);
  if (limit === undefined) return;
  const detail = `the ${limit} of a point source is not supported yet`;
  throw pointSourceProblems.problem('not_supported', detail);
}
