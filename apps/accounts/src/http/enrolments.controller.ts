import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import {
  answered,
  commonProblem,
  Endpoint,
  notFound,
  toParticipantRef,
  type Answered,
  type EdgeRequest,
} from '@fidelis/http';
import { OperationalError } from '@fidelis/kernel';
import { AccountsService } from '../accounts.service';
import { toAccountSummary } from './accounts.mapping';
import { enrolmentProblems } from './accounts.problems';
import { AccountAnswer } from './accounts.requests';
import { EnrolBody } from './participants.requests';

@Controller('v1/participants/:id/enrolments')
export class EnrolmentsController {
  constructor(private readonly service: AccountsService) {}

  @Post()
  @Endpoint({
    summary: 'Enrol a participant into a programme, eligible or not',
    roles: ['backoffice', 'pos'],
    idempotency: 'optional',
    status: 201,
    otherStatuses: [200],
    body: EnrolBody,
    answer: AccountAnswer,
    problems: enrolmentProblems.statuses,
  })
  async enrol(
    @Req() _request: EdgeRequest,
    @Param('id') id: string,
    @Body() { programId }: EnrolBody,
  ): Promise<Answered<object>> {
    const participant = await this.service.participants.find(toParticipantRef(id));
    if (participant === undefined) throw notFound(`participant ${id}`);
    const now = this.service.now();
    const answer = await this.service.enrolments.into(programId, participant, now);
    if (!answer.ok) {
      const { code, detail } = answer.refusal;
      if (code === 'program_not_found') throw enrolmentProblems.problem(code, detail);
      throw commonProblem('conflict', detail, { fields: { reason: code } });
    }
    const { memberships, created } = answer.value;
    const membership = memberships.find((candidate) => candidate.programId === programId);
    if (membership === undefined) throw new OperationalError('the enrolment is not visible yet');
    const { accountId, tier } = membership;
    const { state, revision } = await this.service.accounts.load(accountId);
    if (state.status === 'none') throw new OperationalError('the account is not open yet');
    const { participantId, status } = state;
    const summary = toAccountSummary(state, { tier, now });
    return answered(created ? 201 : 200, { ...summary, participantId, status, revision });
  }
}
