import { Body, Controller, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Handled } from '@fidelis/aggregates';
import {
  answered,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  isDryRun,
  notFound,
  operationOf,
  PageQuery,
  type Answered,
  type EdgeRequest,
  type Page,
} from '@fidelis/http';
import { toInstant } from '@fidelis/kernel';
import {
  defineProgram,
  reviseProgram,
  type Program,
  type ProgramEvent,
  type ProgramRejection,
  type ProgramVersion,
} from '../domain/program';
import { Earning } from '../earning';
import { programProblems } from './earning.problems';
import { checkedId, pageOf } from './lists';
import { toProgramAnswer, toProgramTerms, versionOf } from './programs.mapping';
import { ProgramAnswer, ProgramBody, ProgramQuery, ProgramRevisionBody } from './programs.requests';

const READERS = ['backoffice', 'pos', 'finance', 'participant'] as const;

@Controller('v1/programs')
export class ProgramsController {
  constructor(private readonly earning: Earning) {}

  @Post()
  @Endpoint({
    summary: 'Define a programme',
    roles: ['backoffice'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: ProgramBody,
    query: DryRunQuery,
    answer: ProgramAnswer,
    problems: programProblems.statuses,
  })
  async define(@Req() request: EdgeRequest, @Body() body: ProgramBody): Promise<Answered<object>> {
    const operation = operationOf(request);
    const programId = body.id ?? operation.id;
    const terms = toProgramTerms(body);
    const now = this.earning.platform.clock.now();
    return doneOrRehearsed(this.earning, request, async ({ streams }) => {
      const handled = await streams.programs.handle({
        id: programId,
        operation,
        now,
        decide: (program) => defineProgram({ programId, terms, now }, program),
      });
      return this.answerOf(handled, { programId, request });
    });
  }

  @Put(':id')
  @Endpoint({
    summary: 'Give a programme new rules from now on, or from a date',
    roles: ['backoffice'],
    idempotency: 'optional',
    otherStatuses: [201],
    body: ProgramRevisionBody,
    answer: ProgramAnswer,
    problems: programProblems.statuses,
  })
  async revise(
    @Req() request: EdgeRequest,
    @Param('id') id: string,
    @Body() body: ProgramRevisionBody,
  ): Promise<Answered<object>> {
    const programId = checkedId(id, body.id);
    const terms = toProgramTerms(body);
    const now = this.earning.platform.clock.now();
    const from = body.effectiveFrom;
    const effectiveFrom = from === undefined ? undefined : toInstant(from);
    const handled = await this.earning.streams.programs.handle({
      id: programId,
      operation: operationOf(request),
      now,
      decide: (program) => reviseProgram({ programId, terms, now, effectiveFrom }, program),
    });
    return this.answerOf(handled, { programId, request });
  }

  @Get()
  @Endpoint({
    summary: 'List programmes',
    roles: READERS,
    idempotency: 'none',
    query: PageQuery,
    answer: [ProgramAnswer],
  })
  async list(@Query() query: PageQuery): Promise<Page<object>> {
    const { programs } = await this.earning.rulebook.current();
    const now = this.earning.platform.clock.now();
    const page = pageOf([...programs.values()], query, (program) => program.programId);
    const versions = page.data.flatMap((program) => versionOf(program, { now }) ?? []);
    return { ...page, data: versions.map(toProgramAnswer) };
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a programme, as it is now or in an earlier version',
    roles: READERS,
    idempotency: 'none',
    query: ProgramQuery,
    answer: ProgramAnswer,
    problems: { not_found: 404 },
  })
  async get(@Param('id') id: string, @Query() { version }: ProgramQuery): Promise<object> {
    const { programs } = await this.earning.rulebook.current();
    const program = programs.get(id);
    const now = this.earning.platform.clock.now();
    if (program === undefined) throw notFound(`programme ${id}`);
    const found = versionOf(program, { version, now });
    if (found === undefined) throw notFound(`version ${String(version)} of programme ${id}`);
    const versions = program.versions.map((one) => ({
      version: one.version,
      effectiveFrom: one.effectiveFrom,
    }));
    return { ...toProgramAnswer(found), versions };
  }

  private async answerOf(
    handled: Handled<Program, ProgramEvent, ProgramRejection>,
    { programId, request }: { readonly programId: string; readonly request: EdgeRequest },
  ): Promise<Answered<object>> {
    if (handled.outcome === 'rejected') throw programProblems.of(handled.rejection);
    await handled.durable;
    if (handled.state.status === 'undefined') throw notFound(`programme ${programId}`);
    const recorded = handled.events[0]?.data.version;
    const latest = handled.state.versions.at(-1);
    const now = this.earning.platform.clock.now();
    const version = versionOf(handled.state, { version: recorded ?? latest?.version, now });
    if (version === undefined) throw notFound(`programme ${programId}`);
    // It is not part of the answer, and concerns everybody there is: not in a dry run.
    if (recorded !== undefined && !isDryRun(request)) await this.enrolExisting(version);
    const created = handled.events.some((event) => event.type === 'ProgramDefined');
    return answered(created ? 201 : 200, toProgramAnswer(version));
  }

  private async enrolExisting({ programId, version, terms }: ProgramVersion): Promise<void> {
    if (terms.enrolExisting) await this.earning.enrolExisting.run(programId, version);
  }
}
