// Stored format: add fields or upcast, never edit what is here.

/** A source sent its first ticket. */
export interface TicketSourceSeen {
  readonly type: 'TicketSourceSeen';
  readonly data: { readonly source: string };
}

export type TicketSourceEvent = TicketSourceSeen;
