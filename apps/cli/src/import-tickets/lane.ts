import type { ReadTicket } from './formats/ticket-format';
import { postInsistently, type Patience } from './insist';
import type { LineAnswer, Server } from './server';

const PATH = '/v1/transactions/import';

export type OnAnswer = (ticket: ReadTicket, answer: LineAnswer) => void;

/** Sends tickets one batch after the other; batches of different lanes are under way together. */
export class Lane {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly server: Server,
    private readonly patience: Patience,
    private readonly onAnswer: OnAnswer,
  ) {}

  /** Resolves when the batch before this one is done: one is under way and one waits, never more. */
  add(tickets: readonly ReadTicket[]): Promise<void> {
    const before = this.last;
    this.last = before.then(() => this.send(tickets));
    // Whoever adds the next batch, or waits for the end, is told of a failure.
    this.last.catch(() => undefined);
    return before;
  }

  done(): Promise<void> {
    return this.last;
  }

  private async send(tickets: readonly ReadTicket[]): Promise<void> {
    if (tickets.length === 0) return;
    const lines = tickets.map(({ json }) => json);
    const { patience } = this;
    const answers = await postInsistently(this.server, PATH, { lines, patience });
    tickets.forEach((ticket, index) => {
      this.onAnswer(ticket, answers[index] ?? { status: 'rejected', code: 'unanswered' });
    });
  }
}

/** Splits tickets so that all with one order key are in the same lane, in their order. */
export function intoLanes(
  tickets: readonly ReadTicket[],
  lanes: number,
): readonly (readonly ReadTicket[])[] {
  const split = Array.from({ length: lanes }, (): ReadTicket[] => []);
  for (const ticket of tickets) split[hashOf(ticket.orderKey) % lanes]?.push(ticket);
  return split;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
