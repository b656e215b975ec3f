import {
  Agent,
  request as ask,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { sendUnserved } from '../edge/answer-unserved';
import { HOP_BY_HOP, namedByConnection } from '../edge/hop-by-hop';
import { letUploadEnd } from '../edge/let-upload-end';

/** Node expects and frames anew. */
const OF_THIS_HOP = new Set([...HOP_BY_HOP, 'expect']);

/** `Connection` names them in vain: without them nobody knows where the message ends. */
const FRAMING = new Set(['content-length', 'host']);

/** Without a length, Node's client sends a body with any other method. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** Passes uploads, streams and pages on to the process's own server, as they come. */
export class Relay {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly behind: { readonly host: string; readonly port: number }) {}

  pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, rawHeaders } = request;
    const { agent, behind } = this;
    const headers = [...endToEnd(rawHeaders, request), ...framingOf(request)];
    const passed = ask({ ...behind, agent, method, path, headers });
    passed.once('response', (answer) => this.passBack(answer, { request, response, passed }));
    passed.on('error', () => {
      if (response.writableEnded) return;
      if (response.headersSent) response.destroy();
      else {
        response.setHeader('retry-after', '1');
        sendUnserved(response, 'unavailable', { detail: 'the answer did not come', url: path });
      }
      giveUp(request, passed);
    });
    endWith(request.socket, passed, 'close');
    // Without framing there is no body, whatever comes behind the head.
    if (isFramed(request)) request.pipe(passed);
    else passed.end();
  }

  close(): void {
    this.agent.destroy();
  }

  private passBack(answer: IncomingMessage, { request, response, passed }: Exchange): void {
    const { headers, rawHeaders, statusCode = 502 } = answer;
    if (headers.connection === 'close') response.setHeader('connection', 'close');
    response.writeHead(statusCode, endToEnd(rawHeaders, answer));
    response.flushHeaders();
    answer.pipe(response);
    answer.once('close', () => {
      if (!answer.complete) response.destroy();
      else if (!request.complete) giveUp(request, passed);
    });
    // It has no end of its own: who sends nothing more has left it.
    if (headers['content-type']?.startsWith('text/event-stream') !== true) return;
    if (request.socket.readableEnded) passed.destroy();
    else endWith(request.socket, passed, 'end');
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly passed: ClientRequest;
}

/**
 * By the socket, not by the response: one that waits behind another is never told that its client
 * has gone.
 */
function endWith(socket: Socket, passed: ClientRequest, event: 'close' | 'end'): void {
  const end = (): void => {
    passed.destroy();
  };
  // As many as the client has sent without waiting.
  socket.setMaxListeners(0);
  socket.once(event, end);
  passed.once('close', () => socket.off(event, end));
}

const isFramed = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** An upload that was answered before it was all there, for example because it is too large. */
function giveUp(request: IncomingMessage, passed: ClientRequest): void {
  request.unpipe(passed);
  passed.destroy();
  letUploadEnd(request);
}

/** What a message of HTTP/1.1 needs, and this one does not say or says of its connection only. */
function framingOf({ headers, method = '' }: IncomingMessage): string[] {
  const framing = headers.host === undefined ? ['host', 'localhost'] : [];
  if (headers['transfer-encoding'] !== undefined) framing.push('transfer-encoding', 'chunked');
  else if (headers['content-length'] === undefined && !BODILESS.has(method)) {
    framing.push('content-length', '0');
  }
  return framing;
}

function endToEnd(rawHeaders: readonly string[], { headers }: IncomingMessage): string[] {
  const named = namedByConnection(headers.connection);
  const isKept = (name: string): boolean =>
    FRAMING.has(name) || !(OF_THIS_HOP.has(name) || named.has(name));
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (isKept(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
