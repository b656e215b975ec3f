import { Body, Controller, Get, Header, Param, Post, Req } from '@nestjs/common';
import {
  answered,
  BATCH_BYTES_MAX,
  beginAhead,
  callerOf,
  commonProblem,
  DryRunQuery,
  doneOrRehearsed,
  Endpoint,
  errorsOf,
  isDryRun,
  ndjsonAnswer,
  ndjsonLines,
  parseLine,
  TICKET_BYTES_MAX,
  validationFailed,
  type Answered,
  type EdgeRequest,
  type NdjsonLine,
  type Problem,
} from '@fidelis/http';
import type { Readable } from 'node:stream';
import type { Award, Credit } from '../commands/award-ticket';
import type { RecordedTransaction } from '../domain/transaction';
import { Earning } from '../earning';
import { ticketProblem, ticketProblems } from './earning.problems';
import { foundTicket } from './find-transaction';
import { recorderFor, REHEARSED_EVENTS_MAX, type Checked } from './record-tickets';
import { toTicketAnswer, toTransactionAnswer } from './transactions.answers';
import { toTicketCommand } from './transactions.mapping';
import { TicketBatchBody, TicketBody } from './transactions.requests';

const SENDERS = ['pos', 'backoffice'] as const;
/** A single ticket that is asked for waits this long for its account. */
const VIEW_WAIT_MS = 200;

@Controller('v1/transactions')
export class TransactionsController {
  constructor(private readonly earning: Earning) {}

  @Post()
  @Endpoint({
    summary: 'Record a ticket; answers when its points are in the account',
    roles: SENDERS,
    idempotency: 'business-id',
    status: 201,
    otherStatuses: [200],
    body: TicketBody,
    query: DryRunQuery,
    bodyBytesMax: TICKET_BYTES_MAX,
    about: 'participant',
    problems: ticketProblems.statuses,
  })
  post(@Req() request: EdgeRequest, @Body() body: TicketBody): Promise<Answered<object>> {
    return doneOrRehearsed(this.earning, request, async ({ postTicket }) => {
      const mapped = toTicketCommand(body, callerOf(request).actor);
      if (!mapped.ok) throw ticketProblem(mapped.refusal);
      const posted = await postTicket.post(mapped.command);
      if (!posted.ok) throw ticketProblem(posted.refusal);
      return answered(posted.again ? 200 : 201, toTicketAnswer(posted.ticket, posted.done));
    });
  }

  @Post('batch')
  @Endpoint({
    summary: 'Record up to 1,000 tickets; their points follow',
    roles: SENDERS,
    idempotency: 'none',
    body: TicketBatchBody,
    query: DryRunQuery,
    bodyBytesMax: BATCH_BYTES_MAX,
  })
  async batch(@Req() request: EdgeRequest, @Body() body: TicketBatchBody): Promise<object> {
    const { actor } = callerOf(request);
    const checked = body.transactions.map((ticket) => checkTicket(ticket, actor));
    const { answers } = await recorderFor(this.earning, request)(checked);
    return { results: await answers, ...(isDryRun(request) && { simulated: true }) };
  }

  @Post('import')
  @Endpoint({
    summary: 'Record tickets, one a line; one answer a line; their points follow',
    description: `A dry run knows what it did with about the last ${REHEARSED_EVENTS_MAX / 2} lines.`,
    roles: SENDERS,
    idempotency: 'none',
    query: DryRunQuery,
    bodyType: 'application/x-ndjson',
    bodyBytesMax: 'unlimited',
    answerTypes: ['application/x-ndjson'],
  })
  @Header('content-type', 'application/x-ndjson')
  import(@Req() request: EdgeRequest): Readable {
    return ndjsonAnswer(this.answersTo(request));
  }

  @Get(':transactionId')
  @Endpoint({
    summary: 'Get a ticket with its awards, returns, offers and their explanation',
    roles: ['pos', 'backoffice', 'finance'],
    idempotency: 'none',
    problems: { not_found: 404, ambiguous_transaction: 409 },
  })
  async get(@Param('transactionId') id: string): Promise<object> {
    const { transaction } = await foundTicket(this.earning, id);
    return toTransactionAnswer(transaction, await this.awardsOf(transaction));
  }

  /** What was recorded, found again under the ticket's own operations. */
  private async awardsOf({
    ticket,
  }: RecordedTransaction): Promise<readonly (Award & { readonly credit: Credit })[]> {
    const { awards, rulebook, platform } = this.earning;
    const rules = await rulebook.current();
    const now = platform.clock.now();
    const person = { participantId: ticket.participantId ?? '', groups: [] };
    const found: (Award & { readonly credit: Credit })[] = [];
    for (const membership of ticket.memberships) {
      const award = await awards.record(ticket, membership, { rules, person, now });
      found.push({ ...award, credit: await awards.credit(award, now, VIEW_WAIT_MS) });
    }
    return found;
  }

  /** While batches of lines are on their way to the disk the next ones are read and decided. */
  private async *answersTo(request: EdgeRequest): AsyncGenerator<readonly object[]> {
    const { actor } = callerOf(request);
    const accept = recorderFor(this.earning, request);
    const simulated = isDryRun(request) && { simulated: true };
    const numbered = (lines: readonly NdjsonLine[], answers: readonly object[]) =>
      answers.map((answer, index) => ({ line: lines[index]?.number, ...answer, ...simulated }));
    yield* beginAhead(ndjsonLines(request.body), async (lines) => {
      const { answers } = await accept(lines.map((line) => checkLine(line, actor)));
      return { answers: answers.then((some) => numbered(lines, some)) };
    });
  }
}

function checkLine(line: NdjsonLine, actor: string): Checked {
  if ('problem' in line) return rejectedItem(worded(line.problem));
  const parsed = parseLine(TicketBody, line.text);
  if (parsed.ok) return checkContent(parsed.value, actor);
  return rejectedItem({ ...namedBy(parsed.read), ...worded(parsed.problem) });
}

function checkTicket(ticket: object, actor: string): Checked {
  if (Buffer.byteLength(JSON.stringify(ticket)) > TICKET_BYTES_MAX) {
    const problem = commonProblem('payload_too_large', 'a ticket has at most 256 KiB');
    return rejectedItem({ ...namedBy(ticket), ...worded(problem) });
  }
  const errors = errorsOf(TicketBody, ticket);
  if (errors.length === 0) return checkContent(ticket as TicketBody, actor);
  return rejectedItem({ ...namedBy(ticket), ...worded(validationFailed(errors)) });
}

function namedBy(ticket: unknown): object {
  const { transactionId } = (ticket ?? {}) as { readonly transactionId?: unknown };
  return typeof transactionId === 'string' ? { transactionId } : {};
}

function checkContent(body: TicketBody, actor: string): Checked {
  const mapped = toTicketCommand(body, actor);
  if (mapped.ok) return { command: mapped.command };
  const { transactionId, source } = body;
  const { code, detail } = mapped.refusal;
  return rejectedItem({ transactionId, source, code, detail });
}

function worded({ code, message }: Problem): { readonly code: string; readonly detail: string } {
  return { code, detail: message };
}

function rejectedItem(fields: object): Checked {
  return { answer: { status: 'rejected', ...fields } };
}
