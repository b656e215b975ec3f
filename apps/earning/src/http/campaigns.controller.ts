import { Body, Controller, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Handled } from '@fidelis/aggregates';
import { GetPointSource } from '@fidelis/contracts';
import {
  answered,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  notFound,
  operationOf,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import type { Decision } from '@fidelis/kernel';
import {
  activateCampaign,
  defineCampaign,
  endCampaign,
  pauseCampaign,
  reviseCampaign,
  type Campaign,
  type CampaignEvent,
  type CampaignRejection,
  type CampaignTerms,
} from '../domain/campaign';
import { Earning } from '../earning';
import { findExpressionFault } from '../rules/condition';
import { DEFAULT_POINT_SOURCE, toCampaignAnswer, toCampaignTerms } from './campaigns.mapping';
import { CampaignAnswer, CampaignBody, CampaignsQuery } from './campaigns.requests';
import { campaignProblems } from './earning.problems';
import { checkedId, pageOf } from './lists';

const READERS = ['backoffice', 'pos', 'finance'] as const;

type Decide = (campaign: Campaign) => Decision<CampaignEvent, CampaignRejection>;

@Controller('v1/campaigns')
export class CampaignsController {
  constructor(private readonly earning: Earning) {}

  @Post()
  @Endpoint({
    summary: 'Define a campaign; it runs when it is activated',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: CampaignBody,
    query: DryRunQuery,
    answer: CampaignAnswer,
    problems: campaignProblems.statuses,
  })
  async define(@Req() request: EdgeRequest, @Body() body: CampaignBody): Promise<Answered<object>> {
    const campaignId = body.id ?? operationOf(request).id;
    const terms = await this.termsOf(body);
    const { now } = this;
    return doneOrRehearsed(this.earning, request, (earning) =>
      handle(earning, { request, id: campaignId }, (campaign) =>
        defineCampaign({ campaignId, terms, now }, campaign, findExpressionFault),
      ),
    );
  }

  @Put(':id')
  @Endpoint({
    summary: 'Give a campaign new rules from now on',
    roles: ['backoffice'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: CampaignBody,
    answer: CampaignAnswer,
    problems: campaignProblems.statuses,
  })
  async revise(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: CampaignBody,
  ): Promise<Answered<object>> {
    const campaignId = checkedId(id, body.id);
    const terms = await this.termsOf(body);
    const { now } = this;
    return handle(this.earning, { request, id: campaignId }, (campaign) =>
      reviseCampaign({ campaignId, terms, now }, campaign, findExpressionFault),
    );
  }

  @Get()
  @Endpoint({
    summary: 'List campaigns',
    roles: READERS,
    idempotency: 'none',
    query: CampaignsQuery,
    answer: [CampaignAnswer],
  })
  async list(@Query() query: CampaignsQuery): Promise<Page<object>> {
    const { campaigns } = await this.earning.rulebook.current();
    const { programId } = query;
    const chosen = [...campaigns.values()].filter(
      ({ versions }) => programId === undefined || versions.at(-1)?.terms.programId === programId,
    );
    const page = pageOf(chosen, query, (campaign) => campaign.campaignId);
    return { ...page, data: page.data.map(toCampaignAnswer) };
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a campaign',
    roles: READERS,
    idempotency: 'none',
    answer: CampaignAnswer,
    problems: { not_found: 404 },
  })
  async get(@Param('id') id: string): Promise<object> {
    const { campaigns } = await this.earning.rulebook.current();
    const campaign = campaigns.get(id);
    if (campaign === undefined) throw notFound(`campaign ${id}`);
    return toCampaignAnswer(campaign);
  }

  @Post(':id/activate')
  @Endpoint({
    summary: 'Let a campaign run',
    roles: ['backoffice'],
    idempotency: 'optional',
    query: DryRunQuery,
    answer: CampaignAnswer,
    problems: { not_found: 404, campaign_ended: 409 },
  })
  activate(@Req() request: EdgeRequest, @Param('id') id: string): Promise<Answered<object>> {
    return doneOrRehearsed(this.earning, request, (earning) =>
      handle(earning, { request, id }, (campaign) => activateCampaign(id, campaign)),
    );
  }

  @Post(':id/pause')
  @Endpoint({
    summary: 'Let a campaign rest',
    roles: ['backoffice'],
    idempotency: 'optional',
    query: DryRunQuery,
    answer: CampaignAnswer,
    problems: { not_found: 404, campaign_ended: 409 },
  })
  pause(@Req() request: EdgeRequest, @Param('id') id: string): Promise<Answered<object>> {
    return doneOrRehearsed(this.earning, request, (earning) =>
      handle(earning, { request, id }, (campaign) => pauseCampaign(id, campaign)),
    );
  }

  @Post(':id/end')
  @Endpoint({
    summary: 'End a campaign for good',
    roles: ['backoffice'],
    idempotency: 'optional',
    query: DryRunQuery,
    answer: CampaignAnswer,
    problems: { not_found: 404 },
  })
  end(@Req() request: EdgeRequest, @Param('id') id: string): Promise<Answered<object>> {
    return doneOrRehearsed(this.earning, request, (earning) =>
      handle(earning, { request, id }, (campaign) => endCampaign(id, campaign)),
    );
  }

  private get now(): string {
    return this.earning.platform.clock.now();
  }

  private async termsOf(body: CampaignBody): Promise<CampaignTerms> {
    const program = (await this.earning.rulebook.current()).programAt(body.programId, this.now);
    if (program === undefined) {
      const detail = `there is no programme ${body.programId}`;
      throw campaignProblems.problem('program_not_found', detail);
    }
    await this.requirePointSource(body.pointSource);
    return toCampaignTerms(body, program.terms.timeZone);
  }

  private async requirePointSource(id: string | undefined): Promise<void> {
    // Nobody has to be asked for the one that campaigns have by default.
    if (id === undefined || id === DEFAULT_POINT_SOURCE) return;
    if ((await this.earning.platform.calls.call(GetPointSource, { id })) !== null) return;
    throw campaignProblems.problem('unknown_point_source', `there is no point source ${id}`);
  }
}

async function handle(
  { streams, platform }: Earning,
  { request, id }: { readonly request: EdgeRequest; readonly id: string },
  decide: Decide,
): Promise<Answered<object>> {
  const handled: Handled<Campaign, CampaignEvent, CampaignRejection> =
    await streams.campaigns.handle({
      id,
      operation: operationOf(request),
      now: platform.clock.now(),
      decide,
    });
  if (handled.outcome === 'rejected') throw campaignProblems.of(handled.rejection);
  await handled.durable;
  if (handled.state.status === 'undefined') throw notFound(`campaign ${id}`);
  const created = handled.events.some((event) => event.type === 'CampaignDefined');
  return answered(created ? 201 : 200, toCampaignAnswer(handled.state));
}
