import { Body, Controller, Get, Header, Param, Post, Query, Req } from '@nestjs/common';
import {
  answered,
  BATCH_BYTES_MAX,
  callerOf,
  Endpoint,
  errorsOf,
  ndjsonAnswer,
  ndjsonLines,
  parseLine,
  TICKET_BYTES_MAX,
  type Answered,
  type EdgeRequest,
  type NdjsonLine,
  type Problem,
} from '@fidelis/http';
import type { Readable } from 'node:stream';
import type { Award, Credit } from '../commands/award-ticket';
import type { TicketCommand } from '../commands/ticket';
import type { RecordedTransaction } from '../domain/transaction';
import { Earning } from '../earning';
import { ticketProblem, ticketProblems } from './earning.problems';
import { foundTicket } from './find-transaction';
import {
  toBatchAnswer,
  toSimulatedAnswer,
  toTicketAnswer,
  toTransactionAnswer,
} from './transactions.answers';
import { toTicketCommand } from './transactions.mapping';
import { DryRunQuery, TicketBatchBody, TicketBody } from './transactions.requests';

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
  async post(
    @Req() request: EdgeRequest,
    @Body() body: TicketBody,
    @Query() { dryRun }: DryRunQuery,
  ): Promise<Answered<object>> {
    const mapped = toTicketCommand(body, callerOf(request).actor);
    if (!mapped.ok) throw ticketProblem(mapped.refusal);
    if (dryRun === true) return this.simulate(mapped.command);
    const posted = await this.earning.postTicket.post(mapped.command);
    if (!posted.ok) throw ticketProblem(posted.refusal);
    return answered(posted.again ? 200 : 201, toTicketAnswer(posted.ticket, posted.done));
  }

  @Post('batch')
  @Endpoint({
    summary: 'Record up to 1,000 tickets; their points follow',
    roles: SENDERS,
    idempotency: 'none',
    body: TicketBatchBody,
    bodyBytesMax: BATCH_BYTES_MAX,
  })
  async batch(@Req() request: EdgeRequest, @Body() body: TicketBatchBody): Promise<object> {
    const { actor } = callerOf(request);
    const checked = body.transactions.map((ticket) => checkTicket(ticket, actor));
    const { answers } = await this.acceptAll(checked);
    return { results: await answers };
  }

  @Post('import')
  @Endpoint({
    summary: 'Record tickets, one a line; one answer a line; their points follow',
    roles: SENDERS,
    idempotency: 'none',
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

  private async simulate(command: TicketCommand): Promise<Answered<object>> {
    const simulated = await this.earning.simulateTicket.simulate(command);
    if (!simulated.ok) throw ticketProblem(simulated.refusal);
    return answered(201, toSimulatedAnswer(simulated.ticket, simulated.awards));
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

  /** While one batch of lines is on its way to the disk the next one is read and decided. */
  private async *answersTo(request: EdgeRequest): AsyncGenerator<readonly object[]> {
    const { actor } = callerOf(request);
    let before: AcceptedLines | undefined;
    for await (const lines of ndjsonLines(request.body)) {
      const { answers } = await this.acceptAll(lines.map((line) => checkLine(line, actor)));
      if (before !== undefined) yield await numbered(before);
      before = { lines, answers };
    }
    if (before !== undefined) yield await numbered(before);
  }

  /** In the order given; what cannot be a ticket has its answer already. */
  private async acceptAll(
    checked: readonly Checked[],
  ): Promise<{ readonly answers: Promise<readonly object[]> }> {
    const commands = checked.flatMap((one) => ('command' in one ? [one.command] : []));
    const { results } = await this.earning.recordBatch.accept(commands);
    const answers = results.then((items) => {
      let next = 0;
      return checked.map((one) => {
        if ('answer' in one) return one.answer;
        const item = items[next++] ?? { status: 'unavailable' as const };
        return toBatchAnswer(one.command, item);
      });
    });
    // Whoever waits for them is told; nobody may be waiting yet, or any more.
    answers.catch(() => undefined);
    return { answers };
  }
}

interface AcceptedLines {
  readonly lines: readonly NdjsonLine[];
  readonly answers: Promise<readonly object[]>;
}

async function numbered({ lines, answers }: AcceptedLines): Promise<readonly object[]> {
  return (await answers).map((answer, index) => ({ line: lines[index]?.number, ...answer }));
}

type Checked = { readonly command: TicketCommand } | { readonly answer: object };

function checkLine(line: NdjsonLine, actor: string): Checked {
  if ('tooLong' in line) {
    return rejectedItem({ code: 'payload_too_large', detail: 'a line has at most 256 KiB' });
  }
  const parsed = parseLine(TicketBody, line.text);
  return parsed.ok ? checkContent(parsed.value, actor) : rejectedItem(worded(parsed.problem));
}

function checkTicket(ticket: object, actor: string): Checked {
  const errors = errorsOf(TicketBody, ticket);
  if (errors.length === 0) return checkContent(ticket as TicketBody, actor);
  const detail = errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ');
  const { transactionId } = ticket as { transactionId?: unknown };
  const named = typeof transactionId === 'string' && { transactionId };
  return rejectedItem({ ...named, code: 'validation_failed', detail });
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
