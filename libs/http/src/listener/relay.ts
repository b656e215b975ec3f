import {
  Agent,
  request as ask,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { sendUnserved } from '../edge/answer-unserved';
import { letUploadEnd } from '../edge/let-upload-end';

/** Of one connection (RFC 9110, 7.6.1), not of the message; Node frames the body anew. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

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
    passed.once('response', (answer) => {
      if (answer.headers.connection === 'close') response.setHeader('connection', 'close');
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders, answer));
      response.flushHeaders();
      answer.pipe(response);
      answer.once('close', () => {
        if (!answer.complete) response.destroy();
        else if (!request.complete) giveUp(request, passed);
      });
    });
    passed.on('error', () => {
      if (response.writableEnded) return;
      if (response.headersSent) response.destroy();
      else {
        response.setHeader('retry-after', '1');
        sendUnserved(response, 'unavailable', { detail: 'the answer did not come', url: path });
      }
      giveUp(request, passed);
    });
    response.once('close', () => {
      if (!response.writableFinished) passed.destroy();
    });
    request.pipe(passed);
  }

  close(): void {
    this.agent.destroy();
  }
}

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
  const named = (headers.connection ?? '').toLowerCase().split(/[\s,]+/);
  const isKept = (name: string): boolean =>
    FRAMING.has(name) || !(HOP_BY_HOP.has(name) || named.includes(name));
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (isKept(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
