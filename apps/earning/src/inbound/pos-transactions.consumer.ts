import { Controller } from '@nestjs/common';
import { POS_TRANSACTIONS, PosTransactionV1, type PosTransaction } from '@fidelis/contracts';
import { errorsOf, Problem, TICKET_BYTES_MAX, validationFailed } from '@fidelis/http';
import { OperationalError } from '@fidelis/kernel';
import {
  ConsumesBatch,
  MessageRefused,
  PartOfBatchFailed,
  type ReceivedMessage,
} from '@fidelis/messaging';
import type { BatchItem } from '../commands/record-batch';
import type { TicketCommand } from '../commands/ticket';
import { Earning } from '../earning';
import { toTicketCommand } from '../http/transactions.mapping';
import { TicketBody } from '../http/transactions.requests';
import { POS_TRANSACTIONS_GROUP } from './pos-transactions-group';

type PosMessage = ReceivedMessage<PosTransaction>;

/** Who acted: nobody more precise is known. */
const ACTOR = `topic:${POS_TRANSACTIONS}`;

/**
 * Tickets that points of sale put on their topic: checked, enrolled, recorded and awarded as over
 * HTTP. A ticket that is refused becomes a dead letter by itself; one that cannot be recorded now
 * is tried again, and the later tickets of its key wait for it.
 */
@Controller()
export class PosTransactionsConsumer {
  constructor(private readonly earning: Earning) {}

  // Whatever type a sender says: what is on this topic is a ticket, or a dead letter.
  @ConsumesBatch([PosTransactionV1], {
    group: POS_TRANSACTIONS_GROUP,
    parse: toTicketBody,
    everyType: true,
  })
  async record(messages: readonly PosMessage[]): Promise<void> {
    const failures = new Map<ReceivedMessage, unknown>();
    const commands = new Map<PosMessage, TicketCommand>();
    for (const message of messages) {
      const command = toCommand(message);
      if (command instanceof MessageRefused) failures.set(message, command);
      else commands.set(message, command);
    }
    const options = { stopLaneAtFailure: true };
    const items = await this.earning.recordBatch.record([...commands.values()], options);
    [...commands.keys()].forEach((message, index) => {
      const failure = failureOf(items[index]);
      if (failure !== undefined) failures.set(message, failure);
    });
    if (failures.size > 0) throw new PartOfBatchFailed(failures);
  }
}

function toTicketBody(data: unknown): TicketBody {
  const errors = errorsOf(TicketBody, data);
  if (errors.length === 0) return data as TicketBody;
  const { code, message } = validationFailed(errors);
  throw new MessageRefused(code, message);
}

function toCommand(message: PosMessage): TicketCommand | MessageRefused {
  if (message.bytes().length > TICKET_BYTES_MAX) {
    return new MessageRefused('payload_too_large', 'a ticket has at most 256 KiB');
  }
  const body = message.data as TicketBody;
  if (body.redeem?.points !== undefined) {
    const detail = 'points are spent on this topic by an authorized purchaseId only';
    return new MessageRefused('purchase_required', detail);
  }
  try {
    const mapped = toTicketCommand(body, ACTOR);
    if (mapped.ok) return mapped.command;
    return new MessageRefused(mapped.refusal.code, mapped.refusal.detail);
  } catch (error) {
    if (error instanceof Problem) return new MessageRefused(error.code, error.message);
    throw error;
  }
}

function failureOf(item: BatchItem | undefined): Error | undefined {
  switch (item?.status) {
    case 'recorded':
    case 'duplicate':
      return undefined;
    case 'rejected':
      return new MessageRefused(item.code, item.detail);
    case 'unavailable':
    case undefined:
      return new OperationalError('it is not known whether the ticket was recorded');
  }
}
