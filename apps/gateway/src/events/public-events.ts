import type { ServerResponse } from 'node:http';

/** Where a client of `GET /v1/events/stream` wants to begin. */
export interface Beginning {
  readonly lastEventId: string | undefined;
  /** Without `Last-Event-ID`: at the end (default) or with the first event ever. */
  readonly from: 'start' | 'end' | undefined;
}

/** Writes until the client has gone. */
export type Following = (response: ServerResponse, requestId: string) => Promise<void>;

/** The public messages of all services as server-sent events. A class: its own injection token. */
export abstract class PublicEvents {
  /** Throws what the client is to be told instead: a bad id, no room. */
  abstract begin(beginning: Beginning): Promise<Following>;
  abstract readonly clientCount: number;
  abstract closeAll(): void;
}
