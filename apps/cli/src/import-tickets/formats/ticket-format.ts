/** Where a ticket stands in the file. */
export interface Origin {
  /** Numbers of its lines, from 1; a header is line 1. */
  readonly lines: readonly number[];
  /** The same lines as they are written there. */
  readonly text: string;
}

/** A ticket in the API's form. */
export interface ReadTicket {
  readonly kind: 'ticket';
  readonly transactionId: string;
  /** The customer's external id; absent: anonymous, or named by our own id. */
  readonly customer: string | undefined;
  /** Tickets with the same key are sent in the order of the file. */
  readonly orderKey: string;
  /** One line of JSON. */
  readonly json: string;
  readonly origin: Origin;
}

/** What cannot become a ticket, and why. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly transactionId?: string;
  readonly reason: RefusalReason;
  readonly detail: string;
  readonly origin: Origin;
}

export type RefusalReason =
  'malformed_line' | 'return_without_original' | 'customer_differs' | 'amount_out_of_range';

export type Read = ReadTicket | Unreadable;

/** Turns lines into tickets, one line at a time; knows nothing of files and servers. */
export interface TicketFormat {
  /** Its lines go to the server as they are, so one that decoding has changed must not. */
  readonly keepsText?: true;
  /** Appends to `out` what this line completes. Blank lines are not given to it. */
  push(text: string, number: number, out: Read[]): void;
  /** After the last line. */
  end(out: Read[]): void;
}

export interface FormatOptions {
  readonly source: string;
  /** Absent: tickets must say it themselves. */
  readonly currency: string | undefined;
  /** Decimals of the currency's minor unit. */
  readonly exponent: number;
}

/** The file is not of the format that was named: nothing of it is imported. */
export class WrongFormat extends Error {}

export function unreadable(
  reason: RefusalReason,
  detail: string,
  where: { readonly origin: Origin; readonly transactionId?: string },
): Unreadable {
  return { kind: 'unreadable', reason, detail, ...where };
}
