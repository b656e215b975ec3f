import { isUtf8 } from 'node:buffer';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import {
  answerUnreadable,
  refuseUnserved,
  seeAllHeaders,
  sendUnserved,
} from '../edge/answer-unserved';
import { closeGently } from '../edge/close-gently';
import { letUploadEnd } from '../edge/let-upload-end';
import type {
  FromListener,
  ListenerSettings,
  ToListener,
  WholeAnswer,
  WholeBody,
  WholeRequest,
} from './protocol';
import { Relay } from './relay';
import { Slots } from './slots';
import { wholeness, type IsWhole } from './wholeness';

/** Requests handed on and not answered, and the bytes of their bodies: bound the memory. */
const UNANSWERED_MAX = 10_000;
const UNANSWERED_BYTES_MAX = 64 * 1024 * 1024;
/** A whole body is small: `wholeBytesMax`. */
const BODY_MS_MAX = 60_000;

interface Unanswered {
  readonly response: ServerResponse;
  readonly bytes: number;
}

/**
 * The listener thread's program. It owns the sockets: it reads requests, hands them on by the
 * batch, and writes the answers. It decides nothing about them.
 */
export class Listener {
  private readonly servers: Server[] = [];
  private readonly unanswered = new Slots<Unanswered>();
  private unansweredBytes = 0;
  private readonly relay: Relay;
  private readonly isWhole: IsWhole;
  private outbox: WholeRequest[] = [];
  private isClosing = false;

  constructor(
    private readonly port: MessagePort,
    private readonly settings: ListenerSettings,
  ) {
    this.relay = new Relay(settings.behind);
    this.isWhole = wholeness(settings);
    port.on('message', (message: ToListener) => {
      if (message.kind === 'close') void this.close();
      else for (const answer of message.answers) this.answer(answer);
    });
  }

  /** Tells the other thread when it listens, or why it does not. */
  async listen(): Promise<void> {
    try {
      const [first = this.settings.host, ...others] = await addressesOf(this.settings.host);
      const bound = await this.listenAt(first, this.settings.port);
      for (const host of others) await this.listenAt(host, bound.port).catch(() => undefined);
      this.tell({ kind: 'listening', url: urlOf(bound) });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.tell({ kind: 'failed', code, message });
      this.port.close();
    }
  }

  private async listenAt(host: string, port: number): Promise<AddressInfo> {
    const server = this.newServer();
    server.listen({ host, port });
    await once(server, 'listening');
    this.servers.push(server);
    return server.address() as AddressInfo;
  }

  private newServer(): Server {
    const { keepAliveMs, headersMs } = this.settings;
    const server = createServer({ keepAliveTimeout: keepAliveMs, requireHostHeader: false });
    // Set later than the server is made, as Fastify does: Node would take the smaller for both.
    server.requestTimeout = 0;
    server.headersTimeout = headersMs;
    // Who has sent a whole request and closes may still want the answer.
    Object.assign(server, { httpAllowHalfOpen: true });
    seeAllHeaders(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.isClosing) refuse(request, response, 'the server is shutting down');
      else if (lacksHost(request)) refuseWithoutHost(request, response);
      else if (this.isWhole(request)) this.read(request, response);
      else this.relay.pass(request, response);
    });
    server.on('clientError', answerUnreadable);
    refuseUnserved(server);
    return server;
  }

  private read(request: IncomingMessage, response: ServerResponse): void {
    if (!hasBody(request)) {
      this.handOn(request, response, undefined);
      return;
    }
    const tooSlow = setTimeout(() => {
      const about = { detail: 'the body did not come', url: request.url };
      response.setHeader('connection', 'close');
      sendUnserved(response, 'request_timeout', about);
    }, BODY_MS_MAX);
    request.once('close', () => clearTimeout(tooSlow));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => this.handOn(request, response, wholeOf(chunks)));
  }

  private handOn(
    request: IncomingMessage,
    response: ServerResponse,
    body: WholeBody | undefined,
  ): void {
    // It came too late, and was told so.
    if (response.writableEnded) return;
    const bytes = body?.length ?? 0;
    if (!this.hasRoomFor(bytes)) {
      refuse(request, response, 'too many requests are under way');
      return;
    }
    const { method = '', url = '', headers } = request;
    this.unansweredBytes += bytes;
    const id = this.unanswered.put({ response, bytes });
    // At the end of this turn: what the other sockets brought in it goes with the same message.
    if (this.outbox.length === 0) setImmediate(this.flush);
    this.outbox.push([id, method, url, headers, body]);
  }

  private hasRoomFor(bytes: number): boolean {
    return (
      this.unanswered.size < UNANSWERED_MAX && this.unansweredBytes + bytes <= UNANSWERED_BYTES_MAX
    );
  }

  private readonly flush = (): void => {
    const requests = this.outbox;
    this.outbox = [];
    this.tell({ kind: 'requests', requests });
  };

  private answer([id, status, headers, body]: WholeAnswer): void {
    const unanswered = this.unanswered.take(id);
    if (unanswered === undefined) return;
    const { response, bytes } = unanswered;
    this.unansweredBytes -= bytes;
    if (!response.destroyed) response.writeHead(status, headers).end(body);
  }

  /** Lets running requests end. The thread then has nothing left to wait for, and ends. */
  private async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(
      this.servers.map((server) =>
        closeGently(server, () => new Promise((resolve) => server.close(resolve))),
      ),
    );
    this.relay.close();
    this.port.close();
  }

  private tell(message: FromListener): void {
    this.port.postMessage(message);
  }
}

function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === '1.1';
}

function refuseWithoutHost(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  sendUnserved(response, 'malformed', { detail: 'send a Host header', url: request.url });
  letUploadEnd(request);
}

/** Nothing was begun. */
function refuse(request: IncomingMessage, response: ServerResponse, detail: string): void {
  response.setHeader('retry-after', '1');
  sendUnserved(response, 'unavailable', { detail, url: request.url });
  letUploadEnd(request);
}

/** `localhost` may be two addresses, and a client takes either. */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (host !== 'localhost') return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Where somebody on this machine reaches it. */
function urlOf({ address, family, port }: AddressInfo): string {
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
  return `http://${family === 'IPv6' ? `[${reached}]` : reached}:${port}`;
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

function wholeOf(chunks: readonly Buffer[]): WholeBody {
  const [first = Buffer.alloc(0), ...others] = chunks;
  const bytes = others.length === 0 ? first : Buffer.concat(chunks);
  // The parser has to refuse what is no UTF-8; decoding would hide it.
  return isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes);
}
