import type { Read, TicketFormat } from '../src/import-tickets/formats/ticket-format';

/** All that a format makes of a text. */
export function readAll(format: TicketFormat, text: string): readonly Read[] {
  const out: Read[] = [];
  text.split('\n').forEach((line, index) => {
    if (line !== '') format.push(line, index + 1, out);
  });
  format.end(out);
  return out;
}

/** The ticket as the server gets it. */
export function ticketOf(read: Read | undefined): Record<string, unknown> {
  if (read?.kind !== 'ticket') throw new Error(`no ticket: ${JSON.stringify(read)}`);
  return JSON.parse(read.json) as Record<string, unknown>;
}
