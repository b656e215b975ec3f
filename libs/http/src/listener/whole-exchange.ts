import { EventEmitter } from 'node:events';
import { validateHeaderValue, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { WholeAnswer, WholeBody, WholeRequest } from './protocol';

/** What Fastify and the edge use of an `IncomingMessage`, for a request that is there already. */
export class WholeIncoming extends EventEmitter {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: WholeBody;
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly complete = true;

  constructor([, method, url, headers, body = '']: WholeRequest) {
    super();
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.body = body;
  }
}

/**
 * What Fastify and the edge use of a `ServerResponse`, for an answer that is sent at once. `finish`
 * comes while it is ended: the bytes are the other thread's, and so is a client that has gone.
 */
export class WholeOutgoing extends EventEmitter {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  readonly destroyed = false;
  private headers: OutgoingHttpHeaders = {};
  private readonly written: Buffer[] = [];

  constructor(
    private readonly id: number,
    private readonly send: (answer: WholeAnswer) => void,
  ) {
    super();
  }

  setHeader(name: string, value: string): this {
    validateHeaderValue(name, value);
    this.headers[name.toLowerCase()] = value;
    return this;
  }

  getHeader(name: string): OutgoingHttpHeaders[string] {
    return this.headers[name.toLowerCase()];
  }

  hasHeader(name: string): boolean {
    return this.getHeader(name) !== undefined;
  }

  removeHeader(name: string): void {
    const { [name.toLowerCase()]: _, ...others } = this.headers;
    this.headers = others;
  }

  /** @throws what Node's own does, and then has changed nothing. */
  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    if (this.headersSent) throw new HeadersSent('the answer has begun');
    const names = Object.keys(headers);
    for (const name of names) validateHeaderValue(name, headers[name] as string);
    for (const name of names) this.headers[name.toLowerCase()] = headers[name];
    this.statusCode = status;
    this.headersSent = true;
    return this;
  }

  /** Of an answer that streams undeclared: it is gathered, and sent at its end. */
  write(chunk: string | Uint8Array): boolean {
    this.headersSent = true;
    this.written.push(Buffer.from(chunk as Uint8Array));
    return true;
  }

  end(last?: WholeBody | null): this {
    if (this.writableEnded) return this;
    this.headersSent = true;
    this.writableEnded = true;
    this.send([this.id, this.statusCode, this.headers, this.bodyWith(last ?? undefined)]);
    this.emit('finish');
    return this;
  }

  private bodyWith(last: WholeBody | undefined): WholeBody | undefined {
    if (this.written.length === 0) return last;
    if (last !== undefined) this.write(last);
    return Buffer.concat(this.written);
  }
}

class HeadersSent extends Error {
  readonly code = 'ERR_HTTP_HEADERS_SENT';
}
