import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** A text where the bytes are UTF-8, which is what both threads handle fastest. */
export type WholeBody = string | Uint8Array;

/** A request that was read to its end. The id is the listener's. */
export type WholeRequest = readonly [
  id: number,
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  body: WholeBody | undefined,
];

/** `id`: of the request that it answers. */
export type WholeAnswer = readonly [
  id: number,
  status: number,
  headers: OutgoingHttpHeaders,
  body: WholeBody | undefined,
];

/** A route whose request or answer is no JSON: a stream, a page, a report. */
export interface StreamedRoute {
  readonly method: string;
  /** Source of the regular expression that its decoded paths match. */
  readonly path: string;
}

export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  readonly keepAliveMs: number;
  /** Until a request's head is read. */
  readonly headersMs: number;
  /** The process's own server takes what cannot be handed on whole. */
  readonly behind: { readonly host: string; readonly port: number };
  readonly streamed: readonly StreamedRoute[];
  /** Larger bodies are relayed. */
  readonly wholeBytesMax: number;
}

export type FromListener =
  | { readonly kind: 'requests'; readonly requests: readonly WholeRequest[] }
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

export type ToListener =
  | { readonly kind: 'answers'; readonly answers: readonly WholeAnswer[] }
  | { readonly kind: 'close' };
