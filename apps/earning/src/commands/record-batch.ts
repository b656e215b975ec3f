import { EventTooLarge } from '@fidelis/event-store';
import {
  eventually,
  OperationalError,
  type Clock,
  type Eventually,
  type Instant,
} from '@fidelis/kernel';
import type { Rulebook, Rules } from '../rules/rulebook';
import type { Award, TicketAwards } from './award-ticket';
import { planTicket, toTicket, type TicketPlan } from './plan-ticket';
import { ANONYMOUS, NOBODY, type PostTicket, type TicketMember } from './post-ticket';
import { ticketFingerprint, type Refused, type TicketCommand } from './ticket';
import type { Ending, TicketsUnderWay } from './tickets-under-way';

/** What became of one ticket of a batch. */
export type BatchItem =
  | { readonly status: 'recorded' | 'duplicate'; readonly awards: readonly Award[] }
  | { readonly status: 'rejected'; readonly code: string; readonly detail: string }
  /** Not known; the same ticket sent again tells. */
  | { readonly status: 'unavailable' };

export interface RecordBatchParts {
  readonly clock: Clock;
  readonly rulebook: Rulebook;
  readonly postTicket: PostTicket;
  readonly awards: TicketAwards;
  readonly underWay: TicketsUnderWay;
  readonly lanesMax: number;
}

/** One participant's tickets of a batch, in the order of the batch. */
interface Lane {
  readonly tickets: { readonly index: number; readonly command: TicketCommand }[];
}

export interface RecordBatchOptions {
  /** After a ticket that cannot be recorded now its participant's later ones are left alone. */
  readonly stopLaneAtFailure?: boolean;
}

export interface AcceptedBatch {
  /** In an object, so that nobody waits for it who waits for the batch to be accepted. */
  readonly results: Promise<readonly BatchItem[]>;
}

interface Batch extends RecordBatchOptions {
  readonly rules: Rules;
  readonly now: Instant;
  readonly results: BatchItem[];
  /** What must be on disk before the batch is answered; commits are shared, so there are few. */
  readonly durables: Set<Promise<void>>;
  /** Keys of tickets that it did not award itself. */
  readonly left: Set<string>;
}

/**
 * Many tickets at once: recorded and awarded in their memberships, and answered when that is on
 * disk. Nobody waits for the accounts: the topic brings them the points, many to an append.
 */
export class RecordBatch {
  constructor(private readonly parts: RecordBatchParts) {}

  /** One result per ticket, in the order of the tickets; none for those that were left alone. */
  async record(
    commands: readonly TicketCommand[],
    options: RecordBatchOptions = {},
  ): Promise<readonly BatchItem[]> {
    const { results } = await this.accept(commands, options);
    return results;
  }

  /**
   * Resolves when every ticket is decided, so that the next batch may be: a participant's tickets
   * keep their order. Its results are there when all of it is on disk.
   */
  async accept(
    commands: readonly TicketCommand[],
    options: RecordBatchOptions = {},
  ): Promise<AcceptedBatch> {
    const { clock, rulebook, underWay, lanesMax } = this.parts;
    const rules = await rulebook.current();
    const batch: Batch = {
      ...{ rules, now: clock.now(), results: [] },
      ...{ durables: new Set<Promise<void>>(), left: new Set<string>() },
      ...options,
    };
    const lanes = lanesOf(commands);
    let end: (ended: Ending) => void = () => undefined;
    underWay.beginAll(plainKeys(commands), new Promise((resolve) => (end = resolve)));
    let next = 0;
    const work = async (): Promise<void> => {
      for (let lane = lanes[next++]; lane !== undefined; lane = lanes[next++]) {
        await this.recordLane(lane, batch);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(lanesMax, lanes.length) }, work));
    } catch (error) {
      end(false);
      throw error;
    }
    const results = onDisk(batch);
    results.then(
      () => end({ left: batch.left }),
      () => end(false),
    );
    return { results };
  }

  private async recordLane({ tickets }: Lane, batch: Batch): Promise<void> {
    let member: TicketMember | undefined;
    let stopped = false;
    for (const { index, command } of tickets) {
      if (stopped) {
        batch.left.add(command.key);
        continue;
      }
      try {
        if (!isPlain(command)) {
          batch.results[index] = await this.postAlone(command);
          continue;
        }
        const found = member ?? this.parts.postTicket.memberOf(command, batch.rules, batch.now);
        member = found instanceof Promise ? await found : found;
        const recorded = this.recordOne(command, member, batch);
        const item = recorded instanceof Promise ? await recorded : recorded;
        // An earlier run may have left it without its awards: the process that resumes tickets looks.
        if (item.status !== 'recorded') batch.left.add(command.key);
        batch.results[index] = item;
      } catch (error) {
        batch.left.add(command.key);
        const item = failedItem(error);
        batch.results[index] = item;
        stopped = batch.stopLaneAtFailure === true && item.status === 'unavailable';
      }
    }
  }

  private recordOne(
    command: TicketCommand,
    member: TicketMember | undefined,
    { rules, now, durables }: Batch,
  ): Eventually<BatchItem> {
    const { postTicket, awards } = this.parts;
    const plan = planOf(command, member, rules);
    const ticket = plan.ok ? toTicket(command, plan, undefined) : plan;
    const at = { fingerprint: ticketFingerprint(command), now };
    return eventually(postTicket.record(command, ticket, at), (recorded): Eventually<BatchItem> => {
      if (!recorded.ok) return rejectedItem(recorded);
      durables.add(recorded.durable);
      if (recorded.again) return this.duplicate(recorded.ticket, plan);
      const person = member?.person ?? { participantId: '', groups: [] };
      const context = { rules, person, now, isNewTicket: true };
      return eventually(awards.recordAll(recorded.ticket, context), (given): BatchItem => {
        for (const { durable } of given) durables.add(durable);
        return { status: 'recorded', awards: given };
      });
    });
  }

  private async duplicate(
    ticket: Parameters<PostTicket['isSamePerson']>[0],
    plan: TicketPlan | Refused,
  ): Promise<BatchItem> {
    if (!plan.ok || (await this.parts.postTicket.isSamePerson(ticket, plan))) {
      return { status: 'duplicate', awards: [] };
    }
    const detail = 'the ticket was recorded with another participant';
    return { status: 'rejected', code: 'transaction_conflict', detail };
  }

  /** A ticket that pays with points or offers goes the whole way. */
  private async postAlone(command: TicketCommand): Promise<BatchItem> {
    const posted = await this.parts.postTicket.post(command);
    if (!posted.ok) return rejectedItem(posted);
    return { status: posted.again ? 'duplicate' : 'recorded', awards: posted.done.awards };
  }
}

async function onDisk({ durables, results }: Batch): Promise<readonly BatchItem[]> {
  for (const durable of durables) await durable;
  return results;
}

function planOf(
  command: TicketCommand,
  member: TicketMember | undefined,
  rules: Rules,
): TicketPlan | Refused {
  if (command.participant === undefined) return ANONYMOUS;
  if (member === undefined) return NOBODY;
  const { person, memberships } = member;
  return planTicket(command, person, { memberships, rules });
}

function lanesOf(commands: readonly TicketCommand[]): readonly Lane[] {
  const lanes = new Map<string, Lane>();
  commands.forEach((command, index) => {
    const { participant, key } = command;
    const who = participant === undefined ? `ticket ${key}` : nameOf(participant);
    const lane = lanes.get(who);
    if (lane === undefined) lanes.set(who, { tickets: [{ index, command }] });
    else lane.tickets.push({ index, command });
  });
  return [...lanes.values()];
}

function nameOf({ id, externalId }: NonNullable<TicketCommand['participant']>): string {
  return id === undefined ? `ext ${externalId ?? ''}` : `id ${id}`;
}

function* plainKeys(commands: readonly TicketCommand[]): Generator<string> {
  for (const command of commands) if (isPlain(command)) yield command.key;
}

function isPlain({ redeem, offers }: TicketCommand): boolean {
  return redeem === undefined && offers === undefined;
}

function failedItem(error: unknown): BatchItem {
  if (error instanceof OperationalError) return { status: 'unavailable' };
  if (!(error instanceof EventTooLarge)) throw error;
  const detail = 'the ticket is too large to be stored';
  return { status: 'rejected', code: 'payload_too_large', detail };
}

function rejectedItem({ refusal: { code, detail } }: Refused): BatchItem {
  return { status: 'rejected', code, detail };
}
