import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { RouteTable } from '../edge/route-table';
import { TICKET_BYTES_MAX } from '../endpoint';
import type {
  FromListener,
  ListenerSettings,
  ToListener,
  WholeAnswer,
  WholeRequest,
} from './protocol';
import { WholeIncoming, WholeOutgoing } from './whole-exchange';
import { streamedRoutes } from './wholeness';

export interface ListenerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly routes: RouteTable;
  /** The thread died: the process must end. */
  readonly onFatal: (error: unknown) => void;
}

export interface RunningListener {
  readonly url: string;
  /** Lets running requests end. Close the application after it. */
  close(): Promise<void>;
}

/** Compiled, also where this file runs from its source: a thread starts without jest's compiler. */
const THREAD = join(__dirname, '..', '..', 'dist', 'listener', 'listener.thread.js');
/**
 * Requests begun per turn of the event loop. While the next ones are decided, the disk takes what
 * these appended, and answers go to clients that send more: no thread waits for a whole burst.
 * Tickets append three events each, so that a turn of them is worth a commit (`commitEventsMin`).
 */
const REQUESTS_PER_TURN_MAX = 16;
/** Only for the listener, which is told the port. */
const BEHIND = '127.0.0.1';

/**
 * Lets the application take requests through a thread of its own (ADR 0028): sockets, HTTP and
 * answers' bytes are that thread's work; everything else stays here, and is the same.
 * @throws the error of a host or port that cannot be listened at, with its `code`
 */
export async function listenInThread(
  app: NestFastifyApplication,
  options: ListenerOptions,
): Promise<RunningListener> {
  await app.listen(0, BEHIND);
  const link = new ListenerLink(app, options);
  return { url: await link.listening, close: () => link.close() };
}

/** This thread's end. */
class ListenerLink {
  readonly listening: Promise<string>;
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  private readonly fastify: FastifyInstance;
  /** Not begun; as many as the listener lets be unanswered. */
  private readonly inbox: WholeRequest[] = [];
  private outbox: WholeAnswer[] = [];
  private mayEnd = false;

  constructor(app: NestFastifyApplication, { host, port, routes, onFatal }: ListenerOptions) {
    this.fastify = app.getHttpAdapter().getInstance();
    const { server } = this.fastify;
    const workerData: ListenerSettings = {
      ...{ host, port, streamed: streamedRoutes(routes), wholeBytesMax: TICKET_BYTES_MAX },
      keepAliveMs: server.keepAliveTimeout,
      headersMs: server.headersTimeout,
      behind: { host: BEHIND, port: (server.address() as AddressInfo).port },
    };
    // Flags of this process (a debugger, a preloaded module) are not meant for another thread.
    this.worker = new Worker(THREAD, { workerData, execArgv: [], name: 'http listener' });
    this.ended = new Promise((resolve) => this.worker.once('exit', () => resolve()));
    const died = (error: unknown): void => {
      if (!this.mayEnd) onFatal(error);
      this.mayEnd = true;
    };
    this.worker.once('error', died);
    void this.ended.then(() => died(new Error('the listener thread has ended')));
    this.listening = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromListener) => {
        if (message.kind === 'requests') this.take(message.requests);
        else if (message.kind === 'listening') resolve(message.url);
        else reject(this.refused(message));
      });
    });
  }

  close(): Promise<void> {
    this.mayEnd = true;
    this.tell({ kind: 'close' });
    return this.ended;
  }

  private refused({ code, message }: { code: string | undefined; message: string }): Error {
    this.mayEnd = true;
    return Object.assign(new Error(message), { code });
  }

  private take(requests: readonly WholeRequest[]): void {
    if (this.inbox.length === 0) setImmediate(this.serveSome);
    for (const request of requests) this.inbox.push(request);
  }

  private readonly serveSome = (): void => {
    // First what is done: else it would wait for what is begun now.
    this.flush();
    const requests = this.inbox.splice(0, REQUESTS_PER_TURN_MAX);
    if (this.inbox.length > 0) setImmediate(this.serveSome);
    for (const request of requests) this.serve(request);
  };

  private serve(request: WholeRequest): void {
    const [id] = request;
    const incoming: unknown = new WholeIncoming(request);
    const outgoing: unknown = new WholeOutgoing(id, this.send);
    this.fastify.routing(incoming as IncomingMessage, outgoing as ServerResponse);
  }

  private readonly send = (answer: WholeAnswer): void => {
    // At the end of this turn: one commit lets many answers go.
    if (this.outbox.length === 0) setImmediate(this.flush);
    this.outbox.push(answer);
  };

  private readonly flush = (): void => {
    const answers = this.outbox;
    if (answers.length === 0) return;
    this.outbox = [];
    this.tell({ kind: 'answers', answers });
  };

  private tell(message: ToListener): void {
    this.worker.postMessage(message);
  }
}
