import { CommandFailure } from '../failure';
import { Customers } from './customers';
import {
  unreadable,
  WrongFormat,
  type Read,
  type ReadTicket,
  type TicketFormat,
  type Unreadable,
} from './formats/ticket-format';
import { PATIENCE, type Patience } from './insist';
import { intoLanes, Lane } from './lane';
import { LineTooLong, linesOf, type LineChunk } from './lines';
import type { RefusedFile } from './refused-file';
import type { LineAnswer, Server } from './server';
import { Tally } from './tally';

export interface ImportParts {
  readonly file: string;
  readonly format: TicketFormat;
  readonly server: Server;
  readonly refused: RefusedFile;
  readonly tally: Tally;
  readonly patience?: Patience;
  /** Called after each part of the file. */
  readonly onProgress?: (bytesRead: number) => void;
}

/**
 * Two keep the server busy while one batch is on its way or waits for the disk; measured, more gain
 * nothing.
 */
const LANES = 2;

/** Reads the file once, registers its customers and records its tickets. */
export class ImportRun {
  private readonly customers: Customers;
  private readonly lanes: readonly Lane[];

  constructor(private readonly parts: ImportParts) {
    const { server, patience = PATIENCE } = parts;
    this.customers = new Customers(server, patience);
    this.lanes = Array.from(
      { length: LANES },
      () => new Lane(server, patience, (ticket, answer) => this.take(ticket, answer)),
    );
  }

  async run(): Promise<void> {
    const { file, format, onProgress } = this.parts;
    try {
      for await (const chunk of linesOf(file)) {
        await this.send(readsOf(format, chunk));
        onProgress?.(chunk.bytesRead);
      }
    } catch (error) {
      if (!(error instanceof WrongFormat || error instanceof LineTooLong)) throw error;
      throw new CommandFailure(`${file}: ${error.message}`);
    }
    const last: Read[] = [];
    format.end(last);
    await this.send(last);
    await Promise.all(this.lanes.map((lane) => lane.done()));
  }

  private async send(reads: readonly Read[]): Promise<void> {
    const tickets: ReadTicket[] = [];
    for (const read of reads) {
      if (read.kind === 'ticket') tickets.push(read);
      else this.refuse(read);
    }
    await this.customers.register(tickets.map(({ customer }) => customer));
    const batches = intoLanes(tickets, this.lanes.length);
    await Promise.all(this.lanes.map((lane, index) => lane.add(batches[index] ?? [])));
  }

  private take(ticket: ReadTicket, answer: LineAnswer): void {
    const { tally, refused } = this.parts;
    if (answer.status === 'recorded') tally.accepted += 1;
    else if (answer.status === 'duplicate') tally.duplicate += 1;
    else {
      tally.rejected += 1;
      const { code: reason = answer.status, detail = '' } = answer;
      refused.add({ ...ticket, reason, detail });
    }
  }

  private refuse(read: Unreadable): void {
    this.parts.tally.rejected += 1;
    this.parts.refused.add(read);
  }
}

function readsOf(format: TicketFormat, chunk: LineChunk): readonly Read[] {
  const { lines, firstNumber, notUtf8 } = chunk;
  const reads: Read[] = [];
  lines.forEach((line, index) => {
    const number = firstNumber + index;
    if (line.trim() === '') return;
    if (format.keepsText === true && notUtf8?.has(number) === true) {
      const origin = { lines: [number], text: line };
      reads.push(unreadable('malformed_line', 'it is not UTF-8', { origin }));
    } else format.push(line, number, reads);
  });
  return reads;
}
