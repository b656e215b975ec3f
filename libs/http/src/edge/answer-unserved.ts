import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@fidelis/kernel';
import { commonProblem, type CommonCode } from '../problems/common-problems';
import { PROBLEM_TYPE, toProblemBody } from '../problems/send-problem';

/**
 * Node hides headers after the thousandth but goes by them: a length among them would make a body
 * that nobody sees. Their bytes are bounded anyway (`maxHeaderSize`).
 */
export function seeAllHeaders(server: Server): void {
  server.maxHeadersCount = 0;
}

/** What Node answers by itself, or not at all, before a request gets to Fastify. */
export function refuseUnserved(server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const detail = 'nothing but 100-continue is done';
    sendUnserved(response, 'expectation_failed', { detail, url: request.url });
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    // Node has let go of it: without a listener a reset would end the process, without a reader the
    // socket would never close.
    socket.on('error', () => socket.destroy());
    socket.once('finish', () => socket.destroy());
    socket.resume();
    endWith(socket, 'method_not_allowed', { detail: 'this is no proxy', url: request.url });
  });
}

export function sendUnserved(response: ServerResponse, code: CommonCode, about: About): void {
  const { body, status } = problemOf(code, about);
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': PROBLEM_TYPE, 'content-length': length }).end(body);
}

interface About {
  readonly detail: string;
  readonly url: string | undefined;
}

interface ReadError extends Error {
  readonly code?: string;
  /** The bytes that came last: a Buffer, where Node's parser knows them. */
  readonly rawPacket?: unknown;
}

/** Bytes that are no HTTP: there is no request to answer, only a socket. */
export function answerUnreadable(
  error: ReadError,
  socket: Duplex & { readonly writable: boolean; readonly destroyed: boolean },
): void {
  if (!socket.writable || socket.destroyed || error.code === 'ECONNRESET') return;
  if (isBeingAnswered(socket)) {
    socket.destroy();
    return;
  }
  const about = { detail: 'the request could not be read', url: targetIn(error.rawPacket) };
  endWith(socket, codeOf(error), about);
}

/** Another answer's bytes would become part of it. Node's own handler looks there, too. */
function isBeingAnswered(socket: Duplex): boolean {
  const { _httpMessage: answer } = socket as { readonly _httpMessage?: ServerResponse | null };
  return answer?.headersSent === true;
}

function codeOf({ code }: ReadError): CommonCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'malformed';
}

function endWith(socket: Duplex, code: CommonCode, about: About): void {
  const { body, status, title } = problemOf(code, about);
  const head = `HTTP/1.1 ${status} ${title}\r\ncontent-type: ${PROBLEM_TYPE}\r\n`;
  const length = `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
  socket.end(head + length + body);
}

function problemOf(code: CommonCode, { detail, url }: About) {
  const problem = commonProblem(code, detail);
  const shown = toProblemBody(problem, { id: newId(), url: url ?? '/' });
  const { title } = shown as { readonly title: string };
  return { body: JSON.stringify(shown), status: problem.status, title };
}

/** The path of a request line, where the bytes begin with one. */
function targetIn(bytes: unknown): string | undefined {
  const begin = Buffer.isBuffer(bytes) ? bytes.toString('latin1', 0, 4096) : '';
  return /^[A-Z]+ (\/[\x21-\x7e]*) HTTP\//.exec(begin)?.[1];
}
