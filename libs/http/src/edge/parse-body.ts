import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { WholeBody } from '../listener/protocol';
import { WholeIncoming } from '../listener/whole-exchange';
import { commonProblem } from '../problems/common-problems';
import { endpointOf, type EdgeRequest } from './edge-request';
import { parseJson } from '../validation/parse-json';

/** JSON is parsed with our checks; NDJSON and CSV go to the handler as streams. */
export function installParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', (bare, payload, done) => {
    const request = bare as EdgeRequest;
    const bytesMax = request.routeOptions.bodyLimit;
    if (!(payload instanceof WholeIncoming)) {
      bytesOf(payload, bytesMax).then((bytes) => takeJson(request, bytes, done), done);
    } else if (declaredBytes(payload) > bytesMax) done(tooLarge());
    else takeJson(request, payload.body, done);
  });
  for (const type of ['application/x-ndjson', 'text/csv']) {
    fastify.addContentTypeParser(type, (request, payload, done) => {
      // Elsewhere `checkHead` lets it pass where there is no body.
      done(null, endpointOf(request)?.bodyType === type ? payload : undefined);
    });
  }
}

type Done = (error: Error | null, value?: unknown) => void;

function takeJson(request: EdgeRequest, body: WholeBody, done: Done): void {
  if (endpointOf(request)?.rawBody === true) request.rawBody = toBuffer(body);
  let value: unknown;
  try {
    value = typeof body === 'string' ? parseText(body) : parseBytes(toBuffer(body));
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, value);
}

const toBuffer = (body: WholeBody): Buffer =>
  typeof body === 'string'
    ? Buffer.from(body, 'utf8')
    : Buffer.from(body.buffer, body.byteOffset, body.length);

/** JSON with our checks; nothing for an empty body. Throws a 400. */
export function parseBytes(body: Buffer): unknown {
  if (!isUtf8(body)) throw commonProblem('malformed', 'the body is not UTF-8');
  return parseText(body.toString('utf8'));
}

const parseText = (text: string): unknown => (text === '' ? undefined : parseJson(text));

/** The whole body. Rejects with 413, or with 400 where it was cut off. */
export function bytesOf(payload: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (declaredBytes(payload) > bytesMax) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (settled: () => void): void => {
      payload.off('data', take).off('end', end).off('close', cut);
      settled();
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) settle(() => reject(tooLarge()));
      else chunks.push(chunk);
    };
    const end = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const cut = (): void =>
      settle(() => reject(commonProblem('malformed', 'the body came to an end too early')));
    payload.on('data', take).on('end', end).on('close', cut);
  });
}

const declaredBytes = ({ headers }: Pick<IncomingMessage, 'headers'>): number =>
  Number(headers['content-length'] ?? 0);

const tooLarge = () => commonProblem('payload_too_large', 'Request body is too large');
